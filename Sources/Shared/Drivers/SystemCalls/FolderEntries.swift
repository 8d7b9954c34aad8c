package import EventLoop
internal import Glibc

// What is in folders.
extension Folders {
    /// A file or folder inside a folder.
    package struct Entry: Sendable, Hashable {
        package let name: String
        package let isFolder: Bool
        /// In bytes.
        package let size: Int64
        /// When it was last changed, in seconds since 1970.
        package let modifiedAt: Double
    }

    /// The files and folders in the folder at `path`, in no order; links and the like are left out. What vanishes meanwhile
    /// is left out too.
    package static func entries(of path: String) throws(SystemError) -> [Entry] {
        guard let folder = unsafe opendir(path) else { throw .last("open directory \(path)") }
        defer { unsafe closedir(folder) }
        var entries: [Entry] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            guard name != ".", name != ".." else { continue }
            var figures = stat()
            guard unsafe lstat("\(path)/\(name)", &figures) == 0 else { continue }
            let kind = figures.st_mode & S_IFMT
            guard kind == S_IFREG || kind == S_IFDIR else { continue }
            entries.append(
                Entry(
                    name: name, isFolder: kind == S_IFDIR, size: Int64(figures.st_size),
                    modifiedAt: Double(figures.st_mtim.tv_sec) + Double(figures.st_mtim.tv_nsec) / 1e9))
        }
        return entries
    }

    /// Makes the folder at an absolute `path` and those above it that are missing.
    package static func makeAll(_ path: String, mode: UInt32) throws(SystemError) {
        guard unsafe access(path, F_OK) != 0 else { return }
        let above = parent(of: path)
        if above != path { try makeAll(above, mode: mode) }
        try make(path, mode: mode)
    }

    /// Removes the file at `path`; `false` when there is none.
    package static func removeFile(_ path: String) throws(SystemError) -> Bool {
        if unsafe unlink(path) == 0 { return true }
        guard errno == ENOENT || errno == ENOTDIR else { throw .last("remove \(path)") }
        return false
    }

    /// Removes the folder at `path` when it is empty; says whether it did.
    package static func removeEmpty(_ path: String) -> Bool { unsafe rmdir(path) == 0 }

    /// Makes sure that what was named or removed in the folder at `path` stays so after a power cut.
    package static func store(_ path: String) throws(SystemError) {
        let fd = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard fd >= 0 else { throw .last("open directory \(path)") }
        defer { Glibc.close(fd) }
        guard fsync(fd) == 0 else { throw .last("store \(path)") }
    }

    /// The folder that an absolute path lies in.
    package static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return "/" }
        return String(path[..<slash])
    }
}
