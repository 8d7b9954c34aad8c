import FoundationEssentials

/// What this process holds.
struct ProcessCensus {
    let descriptors: Int
    let residentBytes: Int

    init() {
        let files = FileManager.default
        descriptors = (try? files.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0  // ok: compared with zero
        let pages = files.contents(atPath: "/proc/self/statm").map { String(decoding: $0, as: UTF8.self) } ?? ""
        residentBytes = pages.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 4096 } ?? 0
    }
}
