/** What the console calls itself as `application_name`. */
export const applicationName = 'viruj-console'
