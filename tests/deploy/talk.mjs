// A robot in Node, with nothing but what Node brings. Arguments: URL, key, question; NODE_EXTRA_CA_CERTS
// names what it trusts. Prints the status of /api/health and the answer.

const [url, key, question] = process.argv.slice(2);
console.log((await fetch(new URL("/api/health", url))).status);

const link = new WebSocket(new URL("/ws/interact", url.replace("https:", "wss:")));
link.onopen = () => {
  link.send(JSON.stringify({ type: "auth", api_key: key }));
  link.send(JSON.stringify({ type: "text", request_id: "r1", content: question }));
};
link.onmessage = ({ data }) => {
  const message = JSON.parse(data);
  if (message.response_text) {
    console.log(message.response_text);
    link.close(1000);
  }
};
link.onerror = ({ error, message }) => {
  console.error(error ?? message);
  process.exitCode = 1;
};
