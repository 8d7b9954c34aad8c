internal import Glibc

/// What the kernel counts about this process, as `/proc` shows it.
package struct ProcessFigures: Sendable, Hashable {
    /// Memory held in RAM, in bytes.
    package let residentBytes: Int
    /// Address space, in bytes.
    package let virtualBytes: Int
    /// User and system time since the process started.
    package let cpuTime: Duration
    /// When the process started, in seconds since 1970.
    package let startTime: Double
    /// File descriptors in use.
    package let openDescriptors: Int
    /// How many file descriptors may be in use.
    package let maximumDescriptors: Int

    /// The figures of this moment; `nil` where `/proc` is not mounted or does not look as expected.
    package static func current() -> ProcessFigures? {
        do {
            let stat = try text("/proc/self/stat")
            let boot = try text("/proc/stat")
            // The second field is the program's name in parentheses and may hold anything; what follows is numbers.
            guard let end = stat.lastIndex(of: ")"),
                let bootTime = boot.split(separator: "\n").first(where: { $0.hasPrefix("btime ") }),
                let bootSeconds = Double(bootTime.dropFirst("btime ".count))
            else { return nil }
            let fields = stat[stat.index(after: end)...].split(separator: " ").map { Int($0) ?? 0 }
            guard fields.count > 21 else { return nil }
            let ticksPerSecond = max(1, sysconf(Int32(_SC_CLK_TCK)))
            return ProcessFigures(
                residentBytes: fields[21] * sysconf(Int32(_SC_PAGESIZE)),
                virtualBytes: fields[20],
                cpuTime: .milliseconds((fields[11] + fields[12]) * 1000 / ticksPerSecond),
                startTime: bootSeconds + Double(fields[19]) / Double(ticksPerSecond),
                openDescriptors: try FileContents.entryCount(ofDirectory: "/proc/self/fd"),
                maximumDescriptors: sysconf(Int32(_SC_OPEN_MAX)))
        } catch {
            return nil
        }
    }

    private static func text(_ path: String) throws -> String {
        String(decoding: try FileContents.read(path), as: UTF8.self)
    }
}
