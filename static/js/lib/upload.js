/**
 * Sends one file, telling its progress, which fetch cannot.
 *
 *   const sending = upload({ url, headers, fields: {id, conversation?}, blob, name, progress: (share) => … })
 *   const file = await sending.done      // {id, url, …}; throws {code, text, retry, after}
 *   sending.cancel()                     // done throws {code: "cancelled"}
 */
export function upload({ url, headers = {}, fields, blob, name, progress }) {
  const request = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    request.open("POST", url);
    request.responseType = "json";
    request.timeout = 120000;
    for (const [key, value] of Object.entries(headers)) request.setRequestHeader(key, value);
    request.upload.onprogress = (event) => event.lengthComputable && progress?.(event.loaded / event.total);
    request.onload = () => {
      const answer = request.response;
      if (request.status >= 200 && request.status < 300 && answer?.file) resolve(answer.file);
      else reject(failure(request.status, answer, request.getResponseHeader("Retry-After")));
    };
    request.onerror = request.ontimeout = () => reject({ code: "network", text: "", retry: true });
    request.onabort = () => reject({ code: "cancelled", text: "", retry: false });
    const form = new FormData();
    for (const [key, value] of Object.entries(fields)) if (value !== undefined) form.append(key, value);
    form.append("file", blob, name);
    request.send(form);
  });
  return { done, cancel: () => request.abort() };
}

/** What an HTTP answer says went wrong; protocol.md, "HTTP beside it". */
export function failure(status, answer, retryAfter) {
  return {
    status,
    code: answer?.data?.code ?? String(status),
    text: answer?.message ?? "",
    field: answer?.data?.field, // of a form, where one is at fault
    retry: [429, 500, 502, 503, 504, 507].includes(status),
    after: Number(retryAfter) * 1000 || undefined,
  };
}
