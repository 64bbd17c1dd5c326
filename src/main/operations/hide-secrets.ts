/** What a person may not read over somebody's shoulder: passwords and verifiers that statements have in them. */
const secrets =
  /(\bpassword\s*(?:=\s*)?)(?:e?'(?:[^']|'')*'|(\$\w*\$)[\s\S]*?\2)|(\bpassword=)[^\s'"&;]+|(:\/\/[^\s:/@']+:)[^\s@']+(?=@)/gi

/** A statement as the server tells it, with its passwords and verifiers taken out. It may be cut anywhere. */
export const hideSecrets = (statement: string): string =>
  statement
    .replace(secrets, (_, before?: string, __?: string, setting?: string, url?: string) =>
      before === undefined ? `${setting ?? url ?? ''}…` : `${before}'…'`,
    )
    // One that was cut within its password.
    .replace(/(\bpassword\s*(?:=\s*)?)e?'(?:[^'…]|'')*$/i, "$1'…")
