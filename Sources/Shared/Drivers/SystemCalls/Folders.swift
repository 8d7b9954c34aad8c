internal import CLinux
package import EventLoop
internal import Glibc

/// Folders and who may use them.
package enum Folders {
    /// Makes the folder at `path` unless there is one; those above it must exist.
    package static func make(_ path: String, mode: UInt32) throws(SystemError) {
        guard unsafe mkdir(path, mode) == 0 || errno == EEXIST else { throw .last("make \(path)") }
    }

    /// How many bytes may still be written where `path` is.
    package static func freeBytes(at path: String) throws(SystemError) -> Int64 {
        let free = unsafe cl_free_bytes(path)
        guard free >= 0 else { throw .last("look at \(path)") }
        return Int64(free)
    }

    /// Gives the file or folder at `path` to a user; `false` when there is no such user.
    package static func give(_ path: String, to user: String) throws(SystemError) -> Bool {
        guard let entry = unsafe getpwnam(user) else { return false }
        guard unsafe chown(path, entry.pointee.pw_uid, entry.pointee.pw_gid) == 0 else { throw .last("chown \(path)") }
        return true
    }

    /// Lets nobody but its owner into the folder at `path`.
    package static func close(_ path: String) throws(SystemError) {
        guard unsafe chmod(path, 0o700) == 0 else { throw .last("set permissions of \(path)") }
    }

    /// Whether everybody may pass through the folder at `path`.
    package static func isOpenToAll(_ path: String) throws(SystemError) -> Bool {
        var figures = stat()
        guard unsafe stat(path, &figures) == 0 else { throw .last("look at \(path)") }
        return figures.st_mode & 0o001 != 0
    }

    /// Whether a user may pass through the folder at `path`, as everybody or as its owner.
    package static func isOpen(_ path: String, to user: String) throws(SystemError) -> Bool {
        var figures = stat()
        guard unsafe stat(path, &figures) == 0 else { throw .last("look at \(path)") }
        if figures.st_mode & 0o001 != 0 { return true }
        guard let entry = unsafe getpwnam(user) else { return false }
        return unsafe figures.st_uid == entry.pointee.pw_uid && figures.st_mode & 0o100 != 0
    }

    /// Whether `path` is a folder, not a link to one, that belongs to this process's user, or, where that is root, to
    /// `user`.
    package static func belongs(_ path: String, toUsOr user: String) throws(SystemError) -> Bool {
        var figures = stat()
        guard unsafe lstat(path, &figures) == 0 else { throw .last("look at \(path)") }
        guard figures.st_mode & S_IFMT == S_IFDIR else { return false }
        if figures.st_uid == geteuid() { return true }
        guard geteuid() == 0, let entry = unsafe getpwnam(user) else { return false }
        return unsafe figures.st_uid == entry.pointee.pw_uid
    }

    /// Moves a file or folder within its file system.
    package static func move(_ path: String, to other: String) throws(SystemError) {
        guard unsafe rename(path, other) == 0 else { throw .last("rename \(path)") }
    }

    /// The folder that relative paths begin at.
    package static func current() throws(SystemError) -> String {
        guard let path = unsafe getcwd(nil, 0) else { throw .last("getcwd") }
        defer { unsafe free(path) }
        return unsafe String(cString: path)
    }

    /// Whether there is a folder at `path`, or a link to one.
    package static func isFolder(_ path: String) -> Bool {
        var figures = stat()
        return unsafe stat(path, &figures) == 0 && figures.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether there is a program at `path` that this process may run.
    package static func isProgram(_ path: String) -> Bool { unsafe access(path, X_OK) == 0 }
}
