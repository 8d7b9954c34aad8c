package import EventLoop
internal import Glibc

/// The text of the program and its libraries that this process has mapped.
package enum ProgramText {
    /// Lets go of the text that is mapped. What still runs is mapped again when it is next reached, from the cache of files
    /// and so without reading; the rest is no longer held by this process. For programs whose start goes through much of them
    /// once and would hold it for ever.
    ///
    /// Source: madvise(2), `MADV_DONTNEED` on private mappings of files that cannot be written to.
    /// - Throws: what the kernel says when `/proc` is not there, or a mapping does not let go.
    package static func letGo() throws(SystemError) {
        for range in mapped(String(decoding: try FileContents.read("/proc/self/maps"), as: UTF8.self)) {
            let start = unsafe UnsafeMutableRawPointer(bitPattern: range.lowerBound)
            guard unsafe madvise(start, range.count, MADV_DONTNEED) == 0 else { throw .last("madvise of program text") }
        }
    }

    /// The addresses of text among mappings as `/proc/PID/maps` lists them: of files, run and read, never written to.
    static func mapped(_ list: String) -> [Range<UInt>] {
        list.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ", maxSplits: 5)
            guard fields.count == 6, fields[1] == "r-xp", fields[5].drop(while: { $0 == " " }).hasPrefix("/") else {
                return nil
            }
            let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            return ends.count == 2 && ends[0] < ends[1] ? ends[0]..<ends[1] : nil
        }
    }
}
