package io.asyncio4j.sql;

import java.lang.invoke.MethodHandle;
import java.sql.CallableStatement;
import java.sql.Connection;

/** A call of a stored procedure as its borrower sees it. All that it adds is forwarded as it is. */
abstract class LeasedCallableStatement extends LeasedPreparedStatement
    implements CallableStatement {
  private static final MethodHandle NEW =
      Forwarding.constructor(LeasedCallableStatement.class, CallableStatement.class);

  LeasedCallableStatement(Lease lease, Connection connection, CallableStatement raw) {
    super(lease, connection, raw);
  }

  static LeasedCallableStatement of(Lease lease, Connection connection, CallableStatement raw) {
    try {
      return (LeasedCallableStatement) NEW.invokeExact(lease, connection, raw);
    } catch (Throwable e) { // the constructor throws nothing
      throw Rethrow.<RuntimeException>as(e);
    }
  }
}
