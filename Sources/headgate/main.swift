internal import Glibc
internal import Routes

let status = CommandTable.headgate.run(
    Array(CommandLine.arguments.dropFirst()), surroundings: .ofProcess(), console: .process)
exit(status.rawValue)
