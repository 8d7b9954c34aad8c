package import EventLoop
internal import Glibc

/// What the file system says of a file, and where links lead.
package struct FileFacts: Sendable, Hashable {
    /// The permissions, such as 0o600.
    package let mode: UInt32
    package let owner: UInt32
    package let group: UInt32

    /// Those of the file at `path`; of what it leads to, when it is a link.
    package init(of path: String) throws(SystemError) {
        var figures = stat()
        guard unsafe stat(path, &figures) == 0 else { throw .last("look at \(path)") }
        mode = UInt32(figures.st_mode & 0o7777)
        owner = figures.st_uid
        group = figures.st_gid
    }

    /// Whether anybody on the machine may read it.
    package var isReadableByAll: Bool { mode & 0o004 != 0 }
    /// Whether anybody on the machine, or in its group, may change it.
    package var isWritableByOthers: Bool { mode & 0o022 != 0 }

    /// Where the link at `path` leads.
    package static func link(_ path: String) throws(SystemError) -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = unsafe readlink(path, &buffer, buffer.count)
        guard count >= 0 else { throw .last("read link \(path)") }
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The names of everything in the folder at `path`, links too, in no order.
    package static func names(in path: String) throws(SystemError) -> [String] {
        guard let folder = unsafe opendir(path) else { throw .last("open directory \(path)") }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
