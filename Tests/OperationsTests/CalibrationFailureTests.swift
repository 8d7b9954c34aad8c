import FoundationEssentials
import Jobs
import Operations
import Postgres
import Queueing
import Records
import Stores
import Tenancy
import Testing

/// A calibration run whose own jobs are given up says so, and why. One after the other: a sweep leaves to another one what that
/// has begun.
@Suite(.serialized) struct CalibrationFailureTests {
    /// An accepted run over three examples, with the job of that kind that belongs to it.
    private func run(
        _ tenant: Tenant, job kind: JobKind
    ) async throws -> (run: BatchID, job: JobID) {
        let rig = tenant.rig
        let (id, moment) = rig.identifiers.nextDated(Batch.self)
        let job: JobID = rig.identifiers.next()
        try await rig.database.transaction { connection in
            try await CalibrationStore.create(
                NewCalibrationRun(
                    id: id, organizationID: tenant.organization, evaluatorID: rig.identifiers.next(),
                    evaluatorVersionID: nil, definition: nil, comparisonGroup: nil, scoreConfigID: nil, source: .logs,
                    threshold: 0.5, createdAt: moment), on: connection)
            _ = try await BatchLedger.create(
                NewBatch(
                    id: id, organizationID: tenant.organization, projectID: tenant.project.id,
                    ownerID: tenant.owner.id, kind: Calibrations.kind, definition: Array("{}".utf8), total: 3,
                    createdAt: moment), on: connection)
            _ = try await rig.product.queue.add(
                [
                    NewJob(
                        id: job, kind: kind, queue: .background, organizationID: tenant.organization,
                        projectID: tenant.project.id, payload: Array(#"{"run_id":"\#(id)"}"#.utf8))
                ], on: connection)
        }
        return (id, job)
    }

    private func giveUp(_ job: JobID, _ rig: Rig) async throws {
        try await rig.database.execute(
            "UPDATE jobs SET state = 'dead', error = 'the disk is full', ended_at = now() WHERE id = \(job.uuid)")
    }

    private func find(_ run: BatchID, _ tenant: Tenant) async throws -> CalibrationRun {
        try await tenant.rig.product.calibrations.find(run, for: tenant.principal())
    }

    @Test(arguments: [ExpandCalibration.kind, ConcludeCalibration.kind])
    func aRunWhoseJobIsGivenUpFailsWithTheReason(kind: JobKind) async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            let (run, job) = try await run(tenant, job: kind)
            let sweep = SweepCalibrations(database: rig.database)
            _ = try await sweep.end()
            #expect(try await find(run, tenant).status == .pending, "its job is still to be done")
            try await giveUp(job, rig)
            _ = try await sweep.end()
            let failed = try await find(run, tenant)
            #expect(failed.status == .failed && failed.error == "The run was given up: the disk is full")
            #expect(failed.progress.hasEnded, "no example is evaluated any more")
            _ = try await sweep.end()
            #expect(try await find(run, tenant) == failed)
        }
    }

    @Test func aRunWhoseJobIsTriedAgainGoesOn() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            let (run, job) = try await run(tenant, job: ExpandCalibration.kind)
            try await giveUp(job, rig)
            _ = try await rig.database.transaction { connection in
                try await rig.product.queue.add(
                    [
                        NewJob(
                            id: rig.identifiers.next(), kind: ExpandCalibration.kind, queue: .background,
                            organizationID: tenant.organization, projectID: tenant.project.id,
                            payload: Array(#"{"run_id":"\#(run)"}"#.utf8))
                    ], on: connection)
            }
            _ = try await SweepCalibrations(database: rig.database).end()
            #expect(try await find(run, tenant).status == .pending)
        }
    }
}
