/** What the server answers to a script, and what to say when it cannot be what was hoped for. */
const texts = document.body.dataset;
const tokens = (page) => [...page.querySelectorAll("[name=csrfmiddlewaretoken]")];

/** Send something; gives `{ result }`, or `{ errors }` in words. What was typed stays in the page. */
export async function send(address, body, headers = {}) {
  let answer;
  try {
    answer = await post(address, body, headers);
    if (answer.status === 403) {  // whoever signed in again in another window has new tokens
      const page = await fetch(location.href);
      if (page.redirected) return { errors: [{ message: texts.signedOut }] };
      if (page.ok && renewTokens(await page.text())) answer = await post(address, body, headers);
    }
  } catch {
    return { errors: [{ message: texts.offline, unsure: true }] };  // it may have arrived: the same key again
  }
  if (answer.redirected) return { errors: [{ message: texts.signedOut }] };
  const result = await answer.json().catch(() => null);
  if (answer.ok && result) return { result };
  if (result?.errors) return { errors: result.errors };
  return { errors: [{ message: [403, 404].includes(answer.status) ? texts.noAccess : texts.failed }] };
}

const post = (address, body, headers) => fetch(address, { method: "POST", body, headers: { ...headers, "X-CSRFToken": tokens(document)[0]?.value } });

function renewTokens(html) {
  const [fresh] = tokens(new DOMParser().parseFromString(html, "text/html"));
  if (fresh) for (const token of tokens(document)) token.value = fresh.value;
  return Boolean(fresh);
}
