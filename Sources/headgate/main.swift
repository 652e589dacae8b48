internal import Glibc
internal import Routes

let status = CommandTable.headgate.run(
    Array(CommandLine.arguments.dropFirst()), surroundings: .ofProcess(), console: .process)
// Not `exit`: it would take libcurl's and OpenSSL's state down under threads that serve until the process ends. Nothing is
// left in a buffer.
_exit(Console.ending(status).rawValue)
