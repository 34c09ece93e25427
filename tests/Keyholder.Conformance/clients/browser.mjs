// A person at a browser, as far as an OAuth flow needs one: cookies, redirects, and the sign-in and consent forms.

const maxSteps = 30;

export class Browser {
  #cookies = new Map();

  constructor({ username, password }) {
    this.fields = { username, password, decision: "approve" };
    this.pages = [];
  }

  /** Follows the authorization URL until the redirect URI is reached; returns that URL. */
  async authorize(url, redirectUri) {
    return await this.#walk(url, { arrived: next => next.href.startsWith(redirectUri) });
  }

  /** Opens a connect link and goes on until the page says that everything is connected; returns that page. */
  async connect(url) {
    return await this.#walk(url, { done: html => html.includes("<title>Connected") });
  }

  async #walk(url, { arrived = () => false, done = () => false }) {
    let request = { url: new URL(url), method: "GET" };
    for (let step = 0; step < maxSteps; step++) {
      const response = await this.#send(request);
      const location = response.headers.get("location");
      if (location) {
        const next = new URL(location, request.url);
        await response.body?.cancel();
        if (arrived(next)) {
          return next;
        }
        request = { url: next, method: "GET" };
        continue;
      }

      const html = await response.text();
      this.pages.push(html);
      if (!response.ok) {
        throw new Error(`${request.method} ${request.url.pathname} answered ${response.status}: ${text(html)}`);
      }
      if (done(html)) {
        return html;
      }
      request = this.#submit(html, request.url);
    }
    throw new Error(`the flow did not end within ${maxSteps} steps`);
  }

  async #send({ url, method, body }) {
    const headers = { accept: "text/html" };
    const cookies = [...(this.#cookies.get(url.origin) ?? new Map())].map(([name, value]) => `${name}=${value}`);
    if (cookies.length > 0) {
      headers.cookie = cookies.join("; ");
    }
    if (method === "POST") {
      headers.origin = url.origin;
    }
    const response = await fetch(url, { method, body, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [pair] = line.split(";");
      const equals = pair.indexOf("=");
      const jar = this.#cookies.get(url.origin) ?? new Map();
      jar.set(pair.slice(0, equals), pair.slice(equals + 1));
      this.#cookies.set(url.origin, jar);
    }
    return response;
  }

  #submit(html, pageUrl) {
    const form = /<form([^>]*)>([\s\S]*?)<\/form>/i.exec(html);
    if (!form) {
      throw new Error(`no form on ${pageUrl.pathname}: ${text(html)}`);
    }
    const body = new URLSearchParams();
    for (const [, attributes] of form[2].matchAll(/<(?:input|button)([^>]*)>/gi)) {
      const name = attribute(attributes, "name");
      if (!name || body.has(name)) {
        continue;
      }
      const value = this.fields[name] ?? attribute(attributes, "value") ?? "";
      body.set(name, value);
    }
    const action = attribute(form[1], "action") || pageUrl.href;
    return { url: new URL(action, pageUrl), method: "POST", body };
  }
}

function attribute(attributes, name) {
  const match = new RegExp(`\\b${name}\\s*=\\s*"([^"]*)"`, "i").exec(attributes);
  return match ? decode(match[1]) : undefined;
}

function decode(value) {
  return value
    .replaceAll("&quot;", '"')
    .replaceAll("&#x2B;", "+")
    .replaceAll("&#x27;", "'")
    .replaceAll("&#39;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

function text(html) {
  return html.replace(/<style[\s\S]*?<\/style>/gi, "").replace(/<[^>]+>/g, " ").replace(/\s+/g, " ").trim().slice(0, 300);
}
