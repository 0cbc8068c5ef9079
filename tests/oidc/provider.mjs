// An identity provider on loopback for the tests of single sign-on: real protocol, invented people.
// Arguments: the folder of node_modules, the address to come back to, the client's secret.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { createServer } from "node:http";

const [modules, ...redirects] = process.argv.slice(2);
const require = createRequire(`${modules}/`);
const { Provider } = await import(pathToFileURL(require.resolve("oidc-provider")).href);

const server = createServer((request, response) => handle(request, response));
let handle = (_, response) => response.end();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: "readout",
        client_secret: "a secret of the tests & more",
        redirect_uris: redirects,
        token_endpoint_auth_method: "client_secret_basic",
      },
    ],
    cookies: { keys: ["a key of the tests"] },
    pkce: { required: () => true },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  });
  handle = provider.callback();
  process.stdout.write(`${issuer}\n`);
});
