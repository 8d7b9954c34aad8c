package import FoundationEssentials
package import Queueing
internal import Tenancy
package import WireAPI

extension JobFilter {
    /// What an operator's filter means at a moment.
    /// - Throws: an error that names the parameter when a class of errors is none.
    package init(_ filter: OperatorJobFilter, now: Date) throws(OperatorInvalidParameter) {
        self.init()
        if !filter.ids.isEmpty { ids = filter.ids.map(JobID.init(uuid:)) }
        queues = Set(filter.queues.map { QueueName($0) })
        kinds = Set(filter.kinds.map { JobKind($0) })
        states = Set(filter.states.map(JobState.init))
        // Waiting and scheduled are one state with or without a time that has come.
        let (isWaiting, isScheduled) = (filter.states.contains(.waiting), filter.states.contains(.scheduled))
        if isWaiting != isScheduled { isDue = isWaiting }
        organizationID = filter.organizationID.map(OrganizationID.init(uuid:))
        projectID = filter.projectID.map(ProjectID.init(uuid:))
        organizationName = filter.organizationName
        projectName = filter.projectName
        batchID = filter.batchID.map(BatchID.init(uuid:))
        scheduleID = filter.scheduleID.map(ScheduleID.init(uuid:))
        worker = filter.worker
        for name in filter.errorClasses {
            guard let errorClass = ErrorClass(rawValue: name) else {
                throw OperatorInvalidParameter(
                    name: "error_class",
                    expected: "one of " + ErrorClass.allCases.map(\.rawValue).joined(separator: ", "))
            }
            errorClasses.insert(errorClass)
        }
        error = filter.error
        text = filter.text
        cause = filter.cause
        minimumFailures = filter.minimumFailures
        createdFrom = filter.since
        // The bound of the filter is inclusive, this one is not; the database keeps microseconds.
        createdBefore = filter.until?.addingTimeInterval(0.000_001)
        if let age = filter.minimumAgeSeconds {
            let bound = now.addingTimeInterval(-Double(age))
            createdBefore = min(createdBefore ?? bound, bound)
        }
    }

    /// The filter with nothing in it that was made after a moment.
    func until(_ moment: Date) -> JobFilter {
        var filter = self
        filter.createdBefore = min(filter.createdBefore ?? moment, moment)
        return filter
    }
}

extension JobState {
    fileprivate init(_ state: OperatorJobState) {
        self =
            switch state {
            case .waiting, .scheduled: .waiting
            case .running: .running
            case .finished: .finished
            case .dead: .dead
            case .cancelled: .cancelled
            }
    }
}
