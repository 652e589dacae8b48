internal import CSQLite
internal import Domain

/// The row a statement stands on, valid until its next step.
struct Row: ~Copyable {
    private let statement: OpaquePointer

    init(_ statement: OpaquePointer) { self.statement = statement }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_NULL }

    func int(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }
    func int32(_ column: Int32) -> Int32 { Int32(truncatingIfNeeded: int(column)) }
    func uint32(_ column: Int32) -> UInt32 { UInt32(truncatingIfNeeded: int(column)) }
    func uint8(_ column: Int32) -> UInt8 { UInt8(truncatingIfNeeded: int(column)) }
    func intIfAny(_ column: Int32) -> Int64? { isNull(column) ? nil : int(column) }
    func id<Of>(_ column: Int32) -> ID<Of> { ID(int(column)) }
    func time(_ column: Int32) -> WallTime { WallTime(microseconds: int(column)) }

    /// In SQLite's memory.
    func buffer(_ column: Int32) -> UnsafeRawBufferPointer {
        let base = sqlite3_column_blob(statement, column)  // before the count: it may convert
        return UnsafeRawBufferPointer(start: base, count: Int(sqlite3_column_bytes(statement, column)))
    }
    func bytes(_ column: Int32) -> Bytes { Bytes(copying: buffer(column)) }
    func bytesIfAny(_ column: Int32) -> Bytes? { isNull(column) ? nil : bytes(column) }
    func text(_ column: Int32) -> String { String(decoding: buffer(column), as: UTF8.self) }
    func textIfAny(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

    /// Zero when the column does not hold 32 bytes: no body has that digest.
    func digest(_ column: Int32) -> Digest256 { Digest256(copying: buffer(column)) ?? .zero }

    func addressIfAny(_ column: Int32) -> IPAddress? {
        let bytes = buffer(column)
        switch bytes.count {
        case 4: return IPAddress(v4: UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self)))
        case 16:
            return IPAddress(
                high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        default: return nil
        }
    }
}
