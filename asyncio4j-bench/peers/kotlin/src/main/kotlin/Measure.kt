import com.sun.management.OperatingSystemMXBean
import java.io.File
import java.lang.management.ManagementFactory
import kotlin.system.exitProcess

/** A round of so many is done once, after a warm-up with fewer. */
private const val MANY = 1_000_000
private const val FEW = 10_000
private const val PAGE = 4096L

private val system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean::class.java)

typealias Work = suspend (size: Int, clock: Clock) -> Unit

/** The memory that this process has in use. */
class Memory(val heap: Long, val rss: Long) {
    companion object {
        fun now(): Memory {
            System.gc()
            return Memory(
                ManagementFactory.getMemoryMXBean().heapMemoryUsage.used,
                File("/proc/self/statm").readText().split(" ")[1].toLong() * PAGE,
            )
        }
    }
}

/** Takes the time of a round, and of the CPU. */
class Clock {
    private var begin = 0L
    private var cpuBegin = 0L
    private var end = 0L
    private var cpuEnd = 0L
    private var memory = ""

    /** Starts the clock anew: what came before was preparation. */
    fun start() {
        cpuBegin = system.processCpuTime
        begin = System.nanoTime()
    }

    /** Stops the clock: what comes now is clearing up. */
    fun stop() {
        end = System.nanoTime()
        cpuEnd = system.processCpuTime
    }

    fun took(after: Memory, before: Memory) {
        memory = ",\"bytes\":${after.heap - before.heap},\"rss\":${after.rss - before.rss}"
    }

    suspend fun time(work: Work, size: Int): Clock {
        start()
        work(size, this)
        if (end == 0L) stop()
        return this
    }

    fun json(row: String, size: Int) =
        "{\"row\":\"$row\",\"ops\":$size,\"ns\":${end - begin},\"cpu_ns\":${cpuEnd - cpuBegin}$memory}"
}

fun check(expected: Long, actual: Long) =
    check(expected == actual) { "the round gave $actual instead of $expected" }

fun check(expected: Int, actual: Int) = check(expected.toLong(), actual.toLong())

fun checkSum(size: Int, results: List<Int>) =
    check(size.toLong() * (size - 1) / 2, results.sumOf { it.toLong() })

suspend fun measure(args: Array<String>, rows: Map<String, Work>) {
    if (args[0] == "--rows") {
        rows.keys.forEach(::println)
        return
    }
    val work = rows[args[0]]
    if (work == null) {
        System.err.println("Kotlin has no row ${args[0]}")
        exitProcess(3)
    }
    val coroutines = kotlinx.coroutines.Job::class.java.`package`.implementationVersion
    val versions = "${KotlinVersion.CURRENT}, coroutines ${coroutines ?: "of the class path"}, JDK ${Runtime.version()}"
    println("{\"peer\":\"Kotlin\",\"version\":\"$versions\"}")
    val size = args[1].toInt()
    // 30 rounds at least, in no more than four times the time
    val warmUp = (args[2].toDouble() * 1e9).toLong()
    val begin = System.nanoTime()
    var rounds = 0
    var passed = 0L
    while (passed < warmUp || (rounds < 30 && passed < 4 * warmUp)) {
        Clock().time(work, if (size < MANY) size else FEW)
        rounds++
        passed = System.nanoTime() - begin
    }
    var least = if (size < MANY) 3 else 1
    val over = System.nanoTime() + (args[3].toDouble() * 1e9).toLong()
    while (least-- > 0 || System.nanoTime() < over) {
        println(Clock().time(work, size).json(args[0], size))
    }
}
