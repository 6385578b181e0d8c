/** In place of ssh2 in the bundle: engines behind ssh are reached by the user's own ssh (server/replay/docker/ssh.ts). */
module.exports = {};
