import Glibc

// libFuzzer's way in for programs that keep their own main (FuzzerInterface.h). Swift's convention passes these three as C
// passes them.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ one: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

if CommandLine.arguments.contains("--list") {
    for target in FuzzTarget.all { print(target.name) }
    exit(0)
}

/// `--target=NAME`: libFuzzer leaves arguments with two hyphens to the program, and hands them on to its children.
private let target: FuzzTarget = {
    let prefix = "--target="
    let name = CommandLine.arguments.first { $0.hasPrefix(prefix) }?.dropFirst(prefix.count) ?? ""
    if let target = FuzzTarget.named(String(name)) { return target }
    print("--target= one of \(FuzzTarget.all.map { $0.name }.joined(separator: ", "))")
    exit(64)
}()

// What a target makes once, keys and presets, is made before libFuzzer's clock runs.
try? target.check([])

private var count = CommandLine.argc
private var arguments = CommandLine.unsafeArgv
exit(
    runDriver(&count, &arguments) { start, length in
        do throws(Violation) {
            try target.check(Array(UnsafeBufferPointer(start: start, count: length)))
        } catch {
            fatalError("\(target.name): \(error)")
        }
        return 0
    })
