import CCore
import CLocJob

/// Section "Reading a result" of the header: the entries of a page and what asks for the next one.
struct PageStruct {
    let entries: UnsafePointer<UnsafePointer<locjob_job>?>?
    let count: Int
    let nextToken: UnsafePointer<CChar>

    /// What `make` takes of an arena at the most.
    static func bound(_ page: JobPage) -> Int {
        var bound = Arena.bound(UnsafePointer<locjob_job>?.self, count: page.entries.count)
        bound += Arena.bound(UInt8.self, count: (page.nextToken?.count ?? 0) + 1)
        for entry in page.entries {
            do throws(Failure) { bound += try Job(entry.text, tags: page.tags).structBound(entry.text) } catch {}
        }
        return bound
    }

    /// Each entry was found to be the description of a job when the page was read.
    static func make(_ page: JobPage, in arena: inout Arena) -> PageStruct {
        let places = arena.room(UnsafePointer<locjob_job>?.self, count: page.entries.count)
        var count = 0
        for entry in page.entries {
            do throws(Failure) {
                let job = try Job(entry.text, tags: page.tags).makeStruct(entry.text, in: &arena)
                if let places, let job {
                    (places + count).initialize(to: job)
                    count &+= 1
                }
            } catch {}
        }
        return PageStruct(
            entries: UnsafePointer(places), count: count, nextToken: arena.text(page.nextToken ?? []) ?? cText(""))
    }
}
