internal import CPostgres
internal import Glibc

/// Owns one connection of libpq; the only place that calls it.
///
/// `@unchecked Sendable`: libpq allows one thread at a time in a connection. While it is being established it goes back
/// and forth between its loop and a worker thread, each waiting for the other; from then on it stays on its loop.
@safe
final class ConnectionHandle: @unchecked Sendable {
    /// `nil` once closed: libpq takes that for a broken connection everywhere.
    private var raw: OpaquePointer?

    /// Begins to connect; resolves the first host's name and so blocks.
    init(keywords: [(String, String)]) throws(PostgresError) {
        let names = CStrings(keywords.map(\.0))
        let values = CStrings(keywords.map(\.1))
        guard let raw = unsafe PQconnectStartParams(names.pointers, values.pointers, 1) else {
            throw PostgresError(.unavailable, "out of memory for a connection")
        }
        unsafe self.raw = unsafe raw
        // libpq would print notices on stderr.
        unsafe PQsetNoticeReceiver(raw, { _, _ in }, nil)
        guard unsafe PQstatus(raw) != CONNECTION_BAD else {
            // deinit runs: all is initialised.
            throw PostgresError(.unavailable, message)
        }
    }

    deinit { finish() }

    /// Closes the connection. Cancel what watches the socket before.
    func finish() {
        unsafe PQfinish(raw)
        unsafe raw = nil
    }

    // MARK: Establishing

    /// Goes on connecting; may resolve names, compute keys and close and reopen the socket.
    func continueConnecting() -> PostgresPollingStatusType { unsafe PQconnectPoll(raw) }

    /// The host being tried, or connected to.
    var host: TriedHost {
        let name = unsafe PQhost(raw).map { unsafe String(cString: $0) } ?? ""
        let address = unsafe PQhostaddr(raw).map { unsafe String(cString: $0) } ?? ""
        let port = unsafe PQport(raw).map { unsafe String(cString: $0) } ?? ""
        return TriedHost(name: name, address: address, port: port)
    }

    func makeNonBlocking() -> Bool { unsafe PQsetnonblocking(raw, 1) == 0 }

    var socket: Int32 { unsafe PQsocket(raw) }
    var usesTLS: Bool { unsafe PQsslInUse(raw) == 1 }
    var backendPID: Int32 { unsafe PQbackendPID(raw) }
    var isBroken: Bool { unsafe PQstatus(raw) == CONNECTION_BAD }
    var message: String { unsafe oneLine(String(cString: PQerrorMessage(raw))) }
    var transactionStatus: PGTransactionStatusType { unsafe PQtransactionStatus(raw) }

    // MARK: Sending

    func sendQuery(_ text: String) -> Bool { unsafe PQsendQuery(raw, text) == 1 }

    func sendPrepare(_ name: StatementCache.Name, _ sql: SQL) -> Bool {
        let types = sql.parameters.slots.map(\.type)
        return unsafe PQsendPrepare(raw, name, sql.text, Int32(clamping: types.count), types) == 1
    }

    /// Sends the values of `parameters`, all in binary, to a prepared statement; results come as text.
    func sendPrepared(_ name: StatementCache.Name, _ parameters: PostgresParameters) -> Bool {
        let count = parameters.count
        return unsafe parameters.bytes.withUnsafeBytes { bytes in
            unsafe withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) { values in
                unsafe withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * count) { numbers in
                    // An empty value still needs an address: a null pointer means NULL.
                    let base = unsafe bytes.baseAddress ?? UnsafeRawPointer(values.baseAddress)
                    for (index, slot) in parameters.slots.enumerated() {
                        let address = unsafe base?.advanced(by: slot.offset).assumingMemoryBound(to: CChar.self)
                        unsafe values.initializeElement(at: index, to: slot.length < 0 ? nil : address)
                        unsafe numbers.initializeElement(at: index, to: Int32(clamping: slot.length))
                        unsafe numbers.initializeElement(at: count + index, to: 1)
                    }
                    let formats = unsafe numbers.baseAddress.map { unsafe $0 + count }
                    return unsafe PQsendQueryPrepared(
                        raw, name, Int32(clamping: count), values.baseAddress, numbers.baseAddress, formats, 0) == 1
                }
            }
        }
    }

    /// 0 when all is sent, 1 when the socket takes no more now, -1 when the connection is broken.
    func flush() -> Int32 { unsafe PQflush(raw) }

    // MARK: Receiving

    /// Takes over what the socket has; `false` when the connection is broken.
    func consumeInput() -> Bool { unsafe PQconsumeInput(raw) == 1 }

    /// Whether reading a result would have to wait for input.
    var isBusy: Bool { unsafe PQisBusy(raw) == 1 }

    /// The next result of the statement under way; `nil` when there is no more.
    func nextResult() -> ResultHandle? {
        unsafe PQgetResult(raw).map { unsafe ResultHandle(owning: $0) }
    }

    /// Whether the socket has something to read, or is closed.
    func socketHasInput() -> Bool {
        var request = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&request, 1, 0) != 0
    }

    func nextNotification() -> (channel: String, payload: String)? {
        guard let notification = unsafe PQnotifies(raw) else { return nil }
        defer { unsafe PQfreemem(notification) }
        return unsafe (String(cString: notification.pointee.relname), String(cString: notification.pointee.extra))
    }

    // MARK: COPY

    /// 1 when taken, 0 when there is no room now, -1 when the connection is broken.
    func putCopyData(_ bytes: ArraySlice<UInt8>) -> Int32 {
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { chars in
                unsafe PQputCopyData(raw, chars.baseAddress, Int32(clamping: chars.count))
            }
        }
    }

    /// Ends the data; with a reason the server discards it. As `putCopyData`.
    func putCopyEnd(reason: String?) -> Int32 {
        guard let reason else { return unsafe PQputCopyEnd(raw, nil) }
        return unsafe PQputCopyEnd(raw, reason)
    }

    // MARK: Cancelling

    /// What is needed to cancel from another thread; `nil` when the connection is broken.
    func cancellation() -> CancelHandle? {
        unsafe PQgetCancel(raw).map { unsafe CancelHandle(owning: $0) }
    }
}

/// Owns what cancels the statement of a connection.
///
/// `@unchecked Sendable`: libpq made it to be used from other threads; it does not change.
@safe
final class CancelHandle: @unchecked Sendable {
    private let raw: OpaquePointer

    init(owning raw: OpaquePointer) { unsafe self.raw = unsafe raw }
    deinit { unsafe PQfreeCancel(raw) }

    /// Connects to the server and asks it to cancel; blocks. Whether the request was delivered.
    func cancel() -> Bool {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { message in
            unsafe PQcancel(raw, message.baseAddress, Int32(message.count)) == 1
        }
    }
}

/// A null-terminated array of C strings.
@safe
private final class CStrings {
    private let storage: UnsafeMutableBufferPointer<UnsafePointer<CChar>?>

    init(_ strings: [String]) {
        unsafe storage = .allocate(capacity: strings.count + 1)
        for (index, string) in strings.enumerated() {
            unsafe storage.initializeElement(at: index, to: UnsafePointer(strdup(string)))
        }
        unsafe storage.initializeElement(at: strings.count, to: nil)
    }

    deinit {
        for index in unsafe storage.indices { unsafe free(UnsafeMutablePointer(mutating: storage[index])) }
        unsafe storage.deallocate()
    }

    var pointers: UnsafePointer<UnsafePointer<CChar>?>? { unsafe UnsafePointer(storage.baseAddress) }
}
