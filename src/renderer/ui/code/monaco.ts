import * as monaco from 'monaco-editor/editor.js'
import 'monaco-editor/features/clipboard/register.js'
import 'monaco-editor/features/codeEditor/register.js'
import 'monaco-editor/features/find/register.js'
import 'monaco-editor/features/folding/register.js'
import 'monaco-editor/languages/definitions/pgsql/register.js'
import 'monaco-editor/languages/definitions/xml/register.js'
import EditorWorker from 'monaco-editor/editor/editor.worker.js?worker'

self.MonacoEnvironment = { getWorker: () => new EditorWorker() }

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
  { token: 'predefined', foreground: key },
  { token: 'operator', foreground: dim },
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
  },
})

/** A read-only editor in an element. */
export const showCode = (
  element: HTMLElement,
  text: string,
  language: 'json' | 'pgsql' | 'xml',
  label: string,
): { setTheme(isDark: boolean): void; dispose(): void } => {
  const editor = monaco.editor.create(element, {
    value: text,
    language,
    ariaLabel: label,
    readOnly: true,
    domReadOnly: true,
    automaticLayout: true,
    lineNumbers: language === 'pgsql' ? 'on' : 'off',
    lineNumbersMinChars: 3,
    glyphMargin: false,
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
    bracketPairColorization: { enabled: false },
    // Tab leaves the editor: it is a part of the page, not a place to write.
    tabFocusMode: true,
    unicodeHighlight: { ambiguousCharacters: false },
  })
  return {
    setTheme: (isDark) => monaco.editor.setTheme(isDark ? 'console-dark' : 'console-light'),
    dispose() {
      editor.getModel()?.dispose()
      editor.dispose()
    },
  }
}
