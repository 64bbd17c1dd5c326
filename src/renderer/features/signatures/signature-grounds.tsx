type SignatureGroundsProps = {
  mediaType: string
  base64: string
  /** Of whom it is. */
  label: string
  /** On white, one pixel of the image is one of the screen, however large that makes it; else it is made to fit, as on the other ground. */
  actualSize?: boolean
}

const grounds = [
  ['checkered', 'on a checkered ground, where it is transparent'],
  ['white', 'on white'],
] as const

/** An image on two grounds: on one shows what of it is transparent, on the other how it looks on paper. */
export const SignatureGrounds = ({ mediaType, base64, label, actualSize = false }: SignatureGroundsProps) => (
  <div className="signature-grounds" data-actual-size={actualSize || undefined}>
    {grounds.map(([ground, words]) => (
      <section
        key={ground}
        className="signature-ground"
        data-ground={ground}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and then the keyboard must reach it
        tabIndex={0}
        aria-label={`${label}, ${words}`}
      >
        <img src={`data:${mediaType};base64,${base64}`} alt={`${label}, ${words}`} />
      </section>
    ))}
  </div>
)
