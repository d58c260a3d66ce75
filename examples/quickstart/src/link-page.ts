/** Where a link of a mail leads to, what it asks for, and which route it is handed to. */
interface LinkPage {
  readonly title: string;
  readonly button: string;
  readonly route: string;
  /** A password to send along; absent where none is. */
  readonly password?: { readonly label: string; readonly isOptional: boolean };
}

/** The pages behind the links of mails, by path: the paths are the ones that Muster's mails lead to by default. */
export const linkPages: { readonly [path: string]: LinkPage } = {
  "/reset-password": {
    title: "Choose a new password",
    button: "Set password",
    route: "/api/password-resets/confirm",
    password: { label: "New password", isOptional: false },
  },
  "/confirm-email": {
    title: "Confirm your email address",
    button: "Confirm",
    route: "/api/email-confirmations",
    password: { label: "Your password, if you know it", isOptional: true },
  },
  "/undo-email-change": {
    title: "Take back the change of your email address",
    button: "Take it back",
    route: "/api/email-change-undos",
  },
};

/**
 * A page that sends the token in its address on when the button is pressed. The token stands behind `#`, so that no
 * server sees it in a URL; a programme that only looks at links uses up nothing.
 */
export const linkPage = ({ title, button, route, password }: LinkPage): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>
  body { max-width: 24rem; margin: 3rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; }
  input, button { font: inherit; width: 100%; margin: 0.3rem 0; padding: 0.4rem; box-sizing: border-box; }
</style>
<h1>${title}</h1>
<form>
  ${password === undefined ? "" : `<label>${password.label} <input type="password" name="password" autocomplete="${password.isOptional ? "current-password" : "new-password"}"${password.isOptional ? "" : " required"}></label>`}
  <button>${button}</button>
</form>
<p role="status"></p>
<script type="module">
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  const status = document.querySelector("[role=status]");
  document.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const password = new FormData(event.target).get("password");
    const response = await fetch("${route}", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token, ...(password ? { password } : {}) }),
    });
    const answer = response.status === 204 ? {} : await response.json();
    status.textContent = response.ok
      ? answer.passwordCleared ? "Done. A mail to choose a new password is on its way." : "Done."
      : answer.errors?.map(({ message }) => message).join(" ") ?? answer.detail;
  });
</script>
</html>
`;
