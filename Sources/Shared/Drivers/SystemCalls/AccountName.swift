internal import Glibc

/// Who runs this process, by the names that this machine knows them by.
package struct AccountName: Sendable, Hashable {
    /// The number of the account.
    package let id: UInt32
    /// Its name; `nil` where the machine has none for it.
    package let name: String?

    /// The account that this process was started by, whatever it may do.
    package static var real: AccountName { AccountName(id: getuid()) }

    /// The account that signed in where this process comes from, also when it became another one since; `nil` where the
    /// system does not keep that.
    package static var login: AccountName? {
        let text: String
        do {
            text = String(decoding: try FileContents.read("/proc/self/loginuid", limit: 32), as: UTF8.self)
        } catch {
            return nil
        }
        guard let id = UInt32(text.filter(\.isNumber)), id != UInt32.max else { return nil }
        return AccountName(id: id)
    }

    /// The account of a number.
    package init(id: UInt32) {
        self.id = id
        name = Self.name(of: id)
    }

    private static func name(of id: UInt32) -> String? {
        var record = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16 << 10)
        let code = unsafe getpwuid_r(id, &record, &buffer, buffer.count, &found)
        guard code == 0, let entry = unsafe found, let name = unsafe entry.pointee.pw_name else { return nil }
        return unsafe String(cString: name)
    }
}
