// The program of the row startup with Kotlin's coroutines: one gives its version.
import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking

object StartUp {
    @JvmStatic
    fun main(args: Array<String>) {
        println("Kotlin")
        println(runBlocking { async { KotlinVersion.CURRENT.toString() }.await() })
    }
}
