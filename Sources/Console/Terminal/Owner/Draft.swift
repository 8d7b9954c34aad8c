import CNcurses
import Glibc

/// A text that someone is to work on in their editor.
package struct Draft: Sendable, Hashable {
    package let text: String
    /// What the file's name ends in, such as `yaml`, so that the editor knows the language.
    package let suffix: String
    /// What the text is, in a few words: for the file's name.
    package let purpose: String

    package init(_ text: String, suffix: String, purpose: String = "text") {
        self.text = text
        self.suffix = suffix
        self.purpose = purpose
    }

    /// Longer ones do not come back: nobody writes them by hand.
    static let longest = 4 << 20

    /// A name without anything that means something to a shell or a file system.
    var fileName: String {
        func plain(_ text: String) -> String {
            let kept = text.lowercased().unicodeScalars.map { scalar in
                ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) ? Character(scalar) : "-"
            }
            return String(kept.prefix(40)).split(separator: "-").joined(separator: "-")
        }
        let (name, ending) = (plain(purpose), plain(suffix))
        return (name.isEmpty ? "text" : name) + (ending.isEmpty ? "" : ".\(ending)")
    }
}

/// Why no text came back from the editor.
package enum EditFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The command of the environment, or one of the usual editors, was not found.
    case noEditor
    /// The editor said that something went wrong, or its user that nothing is to be done.
    case exited(status: Int32)
    /// A signal ended it.
    case killed(signal: Int32)
    /// The text is no UTF-8, too long, or its file is gone.
    case unreadable(String)
    /// The file could not be written.
    case unwritable(String)
    /// The console was told to end meanwhile.
    case interrupted

    package var description: String {
        switch self {
        case .noEditor: "No editor was found: set EDITOR."
        case .exited(let status): "The editor ended with status \(status); nothing is changed."
        case .killed(let signal): "The editor was ended by signal \(signal); nothing is changed."
        case .unreadable(let reason): "The text cannot be used: \(reason)."
        case .unwritable(let reason): "The text cannot be given to an editor: \(reason)."
        case .interrupted: "Editing was interrupted; nothing is changed."
        }
    }
}

/// A draft as a file that nobody else can read, in a folder of its own: editors put more files beside it.
struct DraftFile {
    let folder: String
    let path: String

    /// Writes the draft.
    init(_ draft: Draft, in place: String) throws(EditFailure) {
        var template = Array("\(place)/scorable-XXXXXX".utf8CString)
        guard unsafe cn_folder_make(&template) == 0 else {
            throw .unwritable("no folder in \(place): \(Self.reason(errno))")
        }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        path = "\(folder)/\(draft.fileName)"
        do {
            try Self.write(Array(draft.text.utf8), to: path)
        } catch {
            unsafe cn_folder_remove(folder)
            throw error
        }
    }

    /// Removes the file and whatever the editor left beside it.
    func remove() { unsafe cn_folder_remove(folder) }

    /// The text as it is now.
    func read() throws(EditFailure) -> String {
        // Someone who replaces the file by a link must not have another one read.
        let descriptor = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadable("its file cannot be opened: \(Self.reason(errno))") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .unreadable("its file cannot be read: \(Self.reason(errno))") }
            if count == 0 { break }
            bytes.append(contentsOf: buffer[..<count])
            if bytes.count > Draft.longest { throw .unreadable("it is longer than \(Draft.longest >> 20) MB") }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .unreadable("it is not UTF-8") }
        return text
    }

    private static func write(_ bytes: [UInt8], to path: String) throws(EditFailure) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .unwritable("\(path): \(reason(errno))") }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            rest = rest.dropFirst(count)
        }
        let error = errno
        // Full disks show themselves at the end.
        guard close(descriptor) == 0, rest.isEmpty else { throw .unwritable("\(path): \(reason(error))") }
    }

    private static func reason(_ error: Int32) -> String { unsafe String(cString: strerror(error)) }
}
