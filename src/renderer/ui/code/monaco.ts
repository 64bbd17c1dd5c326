import * as monaco from 'monaco-editor/editor.js'
import 'monaco-editor/features/clipboard/register.js'
import 'monaco-editor/features/codeEditor/register.js'
import 'monaco-editor/features/diffEditor/register.js'
import 'monaco-editor/features/find/register.js'
import 'monaco-editor/features/folding/register.js'
import 'monaco-editor/languages/definitions/xml/register.js'
import EditorWorker from 'monaco-editor/editor/editor.worker.js?worker'
import { registerPgsql } from './pgsql.ts'

self.MonacoEnvironment = { getWorker: () => new EditorWorker() }

registerPgsql()
// Words of JSON only: monaco's own JSON language brings a second worker that checks what the server already has.
monaco.languages.register({ id: 'json' })
monaco.languages.setMonarchTokensProvider('json', {
  tokenizer: {
    root: [
      [/"(?:[^"\\]|\\.)*"(?=\s*:)/, 'key'],
      [/"(?:[^"\\]|\\.)*"/, 'string'],
      [/-?\d[\d.eE+-]*/, 'number'],
      [/\b(?:true|false|null)\b/, 'keyword'],
    ],
  },
})

const rules = (key: string, text: string, number: string, dim: string) => [
  { token: 'key', foreground: key },
  { token: 'keyword', foreground: key },
  { token: 'tag', foreground: key },
  { token: 'string', foreground: text },
  { token: 'string.sql', foreground: text },
  // With their language, since monaco's base themes colour these two so.
  { token: 'predefined.sql', foreground: key },
  { token: 'operator.sql', foreground: dim },
  { token: 'number', foreground: number },
  { token: 'comment', foreground: dim },
]
monaco.editor.defineTheme('console-dark', {
  base: 'vs-dark',
  inherit: true,
  rules: rules('b78af0', '5fbf8f', 'e09a3e', '8f9bad'),
  colors: {
    'editor.background': '#00000000',
    'editor.foreground': '#e4e8ee',
    'editorLineNumber.foreground': '#7f8b9e',
    focusBorder: '#4c8dff',
    'diffEditor.insertedTextBackground': '#2fa36b33',
    'diffEditor.insertedLineBackground': '#12301f',
    'diffEditor.removedTextBackground': '#e5484d33',
    'diffEditor.removedLineBackground': '#3a1719',
    'diffEditor.diagonalFill': '#242c38',
  },
})
monaco.editor.defineTheme('console-light', {
  base: 'vs',
  inherit: true,
  rules: rules('7a2fd0', '14703f', '97590a', '566172'),
  colors: {
    'editor.background': '#00000000',
    'editor.foreground': '#1a2230',
    'editorLineNumber.foreground': '#667182',
    focusBorder: '#2563eb',
    'diffEditor.insertedTextBackground': '#2fa36b33',
    'diffEditor.insertedLineBackground': '#e3f6ea',
    'diffEditor.removedTextBackground': '#e5484d2b',
    'diffEditor.removedLineBackground': '#fde8e8',
    'diffEditor.diagonalFill': '#e3e7ed',
  },
})

export type CodeLanguage = 'json' | 'pgsql' | 'xml'

/** A line that something is said of; `tone` colours its edge. */
export type CodeMark = { line: number; tone: 'ok' | 'warn' | 'crit' }

const options = (
  language: CodeLanguage,
): monaco.editor.IEditorOptions & monaco.editor.IGlobalEditorOptions => ({
  readOnly: true,
  domReadOnly: true,
  automaticLayout: true,
  lineNumbers: language === 'pgsql' ? 'on' : 'off',
  lineNumbersMinChars: 3,
  glyphMargin: false,
  // A last line without text has a number that is too pale to read.
  renderFinalNewline: 'off',
  folding: true,
  lineDecorationsWidth: 6,
  minimap: { enabled: false },
  scrollBeyondLastLine: false,
  renderLineHighlight: 'none',
  overviewRulerLanes: 0,
  wordWrap: 'on',
  fontFamily: "'JetBrains Mono', ui-monospace, monospace",
  fontSize: 12.5,
  lineHeight: 20,
  contextmenu: false,
  guides: { indentation: false },
  // Tab leaves the editor: it is a part of the page, not a place to write.
  tabFocusMode: true,
  unicodeHighlight: { ambiguousCharacters: false },
})

const setTheme = (isDark: boolean): void => monaco.editor.setTheme(isDark ? 'console-dark' : 'console-light')

export type ShownCode = {
  setTheme: (isDark: boolean) => void
  setMarks: (marks: readonly CodeMark[]) => void
  /** Brings a line into view. */
  reveal: (line: number) => void
  dispose: () => void
}

/** Colour tells kinds of words here, not which bracket belongs to which. */
const plainBrackets = (model: monaco.editor.ITextModel | null): void =>
  model?.updateOptions({
    bracketColorizationOptions: { enabled: false, independentColorPoolPerBracketType: false },
  })

/** A read-only editor in an element. */
export const showCode = (
  element: HTMLElement,
  text: string,
  language: CodeLanguage,
  label: string,
): ShownCode => {
  const editor = monaco.editor.create(element, {
    ...options(language),
    value: text,
    language,
    ariaLabel: label,
  })
  plainBrackets(editor.getModel())
  const marked = editor.createDecorationsCollection()
  return {
    setTheme,
    setMarks(marks) {
      marked.set(
        marks.map(({ line, tone }) => ({
          range: new monaco.Range(line, 1, line, 1),
          options: {
            isWholeLine: true,
            className: `code-mark-${tone}`,
            linesDecorationsClassName: `code-edge-${tone}`,
          },
        })),
      )
    },
    reveal(line) {
      editor.revealLineInCenterIfOutsideViewport(line)
      editor.setPosition({ lineNumber: line, column: 1 })
    },
    dispose() {
      editor.getModel()?.dispose()
      editor.dispose()
    },
  }
}

/** Two texts beside each other with what differs in colour; below each other where there is no room. */
export const showDifference = (
  element: HTMLElement,
  before: string,
  after: string,
  language: CodeLanguage,
  label: string,
): Pick<ShownCode, 'setTheme' | 'dispose'> => {
  const original = monaco.editor.createModel(before, language)
  const modified = monaco.editor.createModel(after, language)
  plainBrackets(original)
  plainBrackets(modified)
  const editor = monaco.editor.createDiffEditor(element, {
    ...options(language),
    originalEditable: false,
    renderOverviewRuler: false,
    // Their font is not in the bundle; colours and line numbers say the same.
    renderIndicators: false,
    renderMarginRevertIcon: false,
    originalAriaLabel: `${label}, before`,
    modifiedAriaLabel: `${label}, now`,
    hideUnchangedRegions: { enabled: true },
  })
  editor.setModel({ original, modified })
  return {
    setTheme,
    dispose() {
      editor.dispose()
      original.dispose()
      modified.dispose()
    },
  }
}
