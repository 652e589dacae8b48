package final class LedgerReader { package init(path: String) throws(LedgerError) {} }
