import { Modal } from '@mantine/core'
import { Keys } from '../ui/keys.tsx'
import { keyMap } from './keyboard.ts'

/** The keyboard map, opened with `?`. */
export const KeyboardHelp = ({ opened, onClose }: { opened: boolean; onClose: () => void }) => (
  <Modal
    opened={opened}
    onClose={onClose}
    title="Keyboard"
    size={880}
    closeButtonProps={{ 'aria-label': 'Close' }}
  >
    <div className="keyboard-help">
      {keyMap.map(({ title, keys }) => (
        <section key={title}>
          <h3>{title}</h3>
          <dl>
            {keys.map(([key, does]) => (
              <div key={key}>
                <dt>
                  <Keys keys={key} />
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  </Modal>
)
