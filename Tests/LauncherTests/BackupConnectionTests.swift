import Testing

@testable import Launcher

/// How backups reach the database.
@Suite struct BackupConnectionTests {
    private let packaged = "host=/run/postgresql user=scorable dbname=scorable"

    @Test func theDatabasesOwnUserIsItsSuperuserOverASocket() throws {
        #expect(
            try BackupConnection.string(nil, else: packaged, for: "postgres")
                == "user=postgres host='/run/postgresql' dbname='scorable'")
        #expect(
            try BackupConnection.string(nil, else: "postgresql:///it%27s?host=/tmp&port=5433", for: "postgres")
                == #"user=postgres host='/tmp' port='5433' dbname='it\'s'"#)
    }

    @Test(arguments: [
        "host=db.example user=scorable dbname=scorable", "host=/run/postgresql user=scorable password=secret",
    ])
    func elsewhereAndWithAPasswordTheSettingsCount(_ url: String) throws {
        #expect(try BackupConnection.string(nil, else: url, for: "postgres") == url)
    }

    @Test func whatIsSetForBackupsCountsAndOthersAreNotTheSuperuser() throws {
        #expect(try BackupConnection.string("host=a user=b", else: packaged, for: "postgres") == "host=a user=b")
        #expect(try BackupConnection.string(nil, else: packaged, for: "scorable") == packaged)
    }
}
