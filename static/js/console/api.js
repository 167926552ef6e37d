// JSON over HTTP with the sign-in cookie. Answers that mean "sign in" leave the page.

// Refused is an answer that asking again would not change; its message is for a person.
class Refused extends Error {
  constructor(status, body) {
    super(body?.message || String(status));
    this.status = status;
    this.code = body?.data?.code;
    this.field = body?.data?.field; // of the form, if one is at fault
  }
}

let left = signIn;

// onLeft is told that the sign-in has ended, once there is a page to say so on.
export function onLeft(hear) {
  left = hear;
}

export function signIn() {
  location.assign("/sign-in?next=" + encodeURIComponent("/desk" + location.hash));
}

async function call(method, path, body) {
  const answer = await fetch("/api/xiaoer/" + path, {
    method,
    credentials: "same-origin",
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (answer.status === 401) left();
  const json = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (!answer.ok) throw new Refused(answer.status, json);
  return json;
}

export const get = (path) => call("GET", path);
export const post = (path, body = {}) => call("POST", path, body);
export const put = (path, body) => call("PUT", path, body);
export const patch = (path, body) => call("PATCH", path, body);
export const remove = (path) => call("DELETE", path);
