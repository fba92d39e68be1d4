// The server of the row echo with Node's sockets. It prints its name, its version and its port, and ends with its
// input.
'use strict';
const net = require('net');

const server = net.createServer({ noDelay: true }, (socket) => {
  socket.on('data', (data) => {
    if (!socket.write(data)) {
      socket.pause();
      socket.once('drain', () => socket.resume());
    }
  });
});
server.listen({ host: '127.0.0.1', port: 0, backlog: 1024 }, () => {
  console.log('Node');
  console.log(process.version.slice(1));
  console.log(server.address().port);
});
process.stdin.resume().on('end', () => process.exit());
