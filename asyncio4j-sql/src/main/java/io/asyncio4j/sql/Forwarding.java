package io.asyncio4j.sql;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;

/**
 * The maker of classes that forward: subclasses of an abstract class with a method {@code raw()},
 * which implement whatever of an interface the class leaves out by a call of the same method of
 * what {@code raw()} returns.
 */
final class Forwarding {
  /* JDBC's interfaces have more than 500 methods, of which we have something to add to some 90. The others
  would be 2,000 lines that say nothing. A java.lang.reflect.Proxy boxes each argument: for the getters of
  a result set, which are called once for each cell, that is a tenth of a query. */

  private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
  private static final String RAW = "raw";

  private Forwarding() {}

  /**
   * Makes the class and returns its constructor, which has the parameters of the one constructor of
   * the abstract class and returns the abstract class.
   */
  static MethodHandle constructor(Class<?> base, Class<?> type) {
    Constructor<?> constructor = base.getDeclaredConstructors()[0];
    MethodType parameters = MethodType.methodType(void.class, constructor.getParameterTypes());
    ClassDesc name = ClassDesc.of(base.getName() + "Forwarding");
    byte[] bytes =
        ClassFile.of()
            .build(
                name,
                made -> {
                  made.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER);
                  made.withSuperclass(describe(base));
                  addConstructor(made, base, parameters);
                  for (Method method : type.getMethods()) {
                    if (isLeftOut(base, method)) {
                      addForward(made, base, method);
                    }
                  }
                });
    try {
      Class<?> hidden =
          LOOKUP
              .defineHiddenClass(bytes, true, MethodHandles.Lookup.ClassOption.NESTMATE)
              .lookupClass();
      return LOOKUP.findConstructor(hidden, parameters).asType(parameters.changeReturnType(base));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("cannot make a class that forwards for " + base.getName(), e);
    }
  }

  private static boolean isLeftOut(Class<?> base, Method method) {
    if (Modifier.isStatic(method.getModifiers())) {
      return false;
    }
    try {
      Method found = base.getMethod(method.getName(), method.getParameterTypes());
      return found.getDeclaringClass().isInterface();
    } catch (NoSuchMethodException e) {
      throw new LinkageError(base.getName() + " does not have " + method, e);
    }
  }

  private static void addConstructor(ClassBuilder made, Class<?> base, MethodType parameters) {
    MethodTypeDesc type = parameters.describeConstable().orElseThrow();
    made.withMethodBody(
        ConstantDescs.INIT_NAME,
        type,
        0,
        code -> {
          code.aload(0);
          loadParameters(code, type);
          code.invokespecial(describe(base), ConstantDescs.INIT_NAME, type);
          code.return_();
        });
  }

  private static void addForward(ClassBuilder made, Class<?> base, Method method) {
    ClassDesc type = describe(method.getDeclaringClass());
    MethodTypeDesc signature =
        MethodType.methodType(method.getReturnType(), method.getParameterTypes())
            .describeConstable()
            .orElseThrow();
    made.withMethodBody(
        method.getName(),
        signature,
        ClassFile.ACC_PUBLIC,
        code -> {
          code.aload(0);
          code.invokevirtual(describe(base), RAW, MethodTypeDesc.of(ConstantDescs.CD_Object));
          code.checkcast(type);
          loadParameters(code, signature);
          code.invokeinterface(type, method.getName(), signature);
          code.return_(TypeKind.from(signature.returnType()));
        });
  }

  private static void loadParameters(CodeBuilder code, MethodTypeDesc type) {
    for (int i = 0; i < type.parameterCount(); i++) {
      code.loadLocal(TypeKind.from(type.parameterType(i)), code.parameterSlot(i));
    }
  }

  private static ClassDesc describe(Class<?> type) {
    return ClassDesc.ofDescriptor(type.descriptorString());
  }
}
