package io.asyncio4j;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.NotSerializableException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.Serializable;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** The objects that go between a {@link ProcessPoolExecutor} and its workers, as bytes. */
final class Serialized {
  private static final String LAMBDA = "$$Lambda";

  private Serialized() {}

  static byte[] toBytes(@Nullable Object object) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    }
    return bytes.toByteArray();
  }

  /** Reads what {@link #toBytes} wrote, with the classes that a loader finds. */
  static @Nullable Object toObject(byte[] bytes, @Nullable ClassLoader loader)
      throws IOException, ClassNotFoundException {
    try (ObjectInputStream in = new Input(new ByteArrayInputStream(bytes), loader)) {
      return in.readObject();
    }
  }

  /** Returns what a message calls an object: its class, or that it is a lambda. */
  static String nameOf(Object object) {
    return nameOf(object.getClass().getName());
  }

  private static String nameOf(String className) {
    int lambda = className.indexOf(LAMBDA);
    return lambda < 0 ? className : "a lambda in " + className.substring(0, lambda);
  }

  /** Returns why a task cannot be sent to a worker, and what to do. */
  static String whyNotSent(Object task, IOException failure) {
    boolean lambda = task.getClass().getName().contains(LAMBDA);
    String text = "the task (" + nameOf(task) + ") cannot be sent to another process: ";
    if (!(task instanceof Serializable)) {
      return text
          + "it is not Serializable; write record Work(...) implements Callable<R>, Serializable"
          + (lambda ? ", or give the lambda itself to ProcessPoolExecutor.call(...)" : "");
    }
    if (failure instanceof NotSerializableException) {
      return text
          + (lambda ? "it captures " : "it holds ")
          + nameOf(String.valueOf(failure.getMessage()))
          + ", which is not Serializable; "
          + (lambda
              ? "capture plain values only, and no this: call static methods"
              : "give it the plain values that it needs, or make that class Serializable");
    }
    return text + failure;
  }

  /** Returns why the result of a task cannot be sent back, and what to do. */
  static String whyNotReturned(Callable<?> task, Throwable failure) {
    return "the result of the task ("
        + nameOf(task)
        + ") cannot be sent back: "
        + (failure instanceof NotSerializableException
            ? nameOf(String.valueOf(failure.getMessage()))
                + " is not Serializable; return plain values, records and collections of them"
            : failure);
  }

  /** Finds classes by a loader that is given, where the JDK's looks at the stack. */
  private static final class Input extends ObjectInputStream {
    private final @Nullable ClassLoader loader;

    Input(InputStream in, @Nullable ClassLoader loader) throws IOException {
      super(in);
      this.loader = loader;
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass description)
        throws IOException, ClassNotFoundException {
      try {
        return Class.forName(description.getName(), false, loader);
      } catch (ClassNotFoundException e) {
        return super.resolveClass(description); // which knows the names of the primitive types
      }
    }
  }
}
