/** Where things lie in the memory of the kernel; the program outside reads the addresses from here, as exported globals. */

/** Bytes to their case-insensitive form. */
export const FOLD: u32 = 0x1000
/** Nibble masks of the pairs: of four positions the low and the high nibble, 16 bytes each. */
export const MASKS: u32 = 0x1200
/** 16 bytes for each search: first row, byte classes, longest walk, 1 when it is not made in the file. */
export const DETECTORS: u32 = 0x2000
/** Heads of the chains of entries, one u32 for each hash. */
export const HEADS: u32 = 0x10000
export const HEAD_BITS: u32 = 15
/** 32 bytes each, the first is unused: key, kind, chained entry, literal, its length, offset, mode, number of searches, the searches, class of the next byte. */
export const ENTRIES: u32 = 0x30000
/** Literals, classes of bytes. */
export const LITERALS: u32 = 0xb0000
/** One byte for each hash of four bytes: which kinds of keys may begin there. */
export const TABLE: u32 = 0x100000
export const TABLE_BITS: u32 = 19
/** Places that the filter let through: address * 16 + kinds. */
export const CANDIDATES: u32 = 0x200000
/** Pairs of u32: address, and search (with OPEN, when its automaton could not say) or entry. */
export const HITS: u32 = 0x220000
export const MOST_HITS: u32 = 0x20000
/** Rows of the automata. */
export const ROWS: u32 = 0x320000
export const ROWS_END: u32 = 0x720000
/** What is scanned. */
export const DATA: u32 = 0x721000
export const DATA_SIZE: u32 = 0x480000
