// Preloaded into every Node process of the editor under test: notes each host other than this machine that one of them
// asks for, in the file that TURNPIKE_OUTSIDE names.
const { appendFileSync } = require('node:fs');
const dns = require('node:dns');
const net = require('node:net');

const file = process.env.TURNPIKE_OUTSIDE;
const local = (host) => !host || host === 'localhost' || host === '::1' || host === '0.0.0.0' || host === '::' || /^127\./.test(host);

function note(host) {
  if (file && typeof host === 'string' && !local(host)) appendFileSync(file, `${host}\n`);
}

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  const first = Array.isArray(args[0]) ? args[0][0] : args[0];
  if (first && typeof first === 'object' && !first.path) note(first.host);
  else if (typeof first === 'number') note(typeof args[1] === 'string' ? args[1] : undefined);
  return connect.apply(this, args);
};

for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6']) {
  const ask = dns[name];
  dns[name] = function (host, ...rest) {
    note(host);
    return ask.call(this, host, ...rest);
  };
  const promised = dns.promises[name];
  dns.promises[name] = function (host, ...rest) {
    note(host);
    return promised.call(this, host, ...rest);
  };
}
