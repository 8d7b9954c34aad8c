internal import CPostgres
internal import EventLoop

extension WireConnection {
    /// How long a connection may take to get in order before it is thrown away.
    private static let patience: Duration = .seconds(5)

    /// Gives up the statement under way: the caller gets its error now, the connection is put in order behind it.
    func giveUp(because reason: WaitError) -> PostgresError {
        switch reason {
        case .closed:
            guard case .lost(let error) = condition else {
                return lose(PostgresError(.connectionLost, "the connection was closed"))
            }
            return error
        case .timedOut, .cancelled:
            // The recovery itself waits in vain: its task throws the connection away.
            if case .recovering = condition { return .cancelled }
            // Asked for now, not in the task: the caller may close the connection, and the statement would run on.
            let cancellation = handle.cancellation()
            // Unstructured, because the caller is cancelled or in a hurry. `condition` owns it: whoever wants the
            // connection next awaits it, and so does the pool before it closes.
            condition = .recovering(loop.spawn { [self] in await cancelStatement(by: cancellation) })
            var error =
                reason == .timedOut
                ? PostgresError(.timedOut, "the server did not answer before the deadline") : .cancelled
            // It may have been carried out before the request to cancel arrives.
            error.outcomeIsUnknown = true
            return error
        }
    }

    /// Asks the server to cancel the statement and reads what is left of its results.
    private func cancelStatement(by cancellation: CancelHandle?) async {
        guard let cancellation else {
            lose(PostgresError(.connectionLost, "the connection was closed"))
            return
        }
        // Not a child task: when the server does not answer, the call may take minutes, for which nobody should wait.
        // ok: it cannot be cancelled, ends by itself, and is awaited wherever its end matters
        let call = Task(executorPreference: loop) { [cancellers] in
            try await cancellers.run { cancellation.cancel() }
        }
        do {
            let deadline = Deadline.after(Self.patience)
            try await flush(until: deadline)
            while let result = try await nextResult(until: deadline) {
                if result.status == PGRES_COPY_IN {
                    try require(handle.putCopyEnd(reason: "cancelled") == 1)
                    try await flush(until: deadline)
                }
                if result.status == PGRES_COPY_OUT || handle.isBroken { throw PostgresError.cancelled }
            }
            // A request that is still on its way could hit the next statement. The server has just answered, so this
            // does not take long.
            guard try await call.value else { throw PostgresError.cancelled }
            if case .recovering = condition { condition = .ready }
        } catch {
            lose(PostgresError(.connectionLost, "the connection did not recover from a cancelled statement"))
        }
    }

    /// Ends a transaction behind the back of its cancelled owner.
    func rollBackInBackground() {
        let before: Task<Void, Never>? = if case .recovering(let task) = condition { task } else { nil }
        // Owned by `condition`, as above.
        condition = .recovering(
            loop.spawn { [self] in
                await before?.value
                guard !isLost else { return }
                do throws(PostgresError) {
                    try await runAlone(script: "ROLLBACK", until: .after(Self.patience))
                    condition = .ready
                } catch {
                    lose(error)
                }
            })
    }
}
