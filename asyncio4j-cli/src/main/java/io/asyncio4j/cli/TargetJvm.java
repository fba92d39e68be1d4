package io.asyncio4j.cli;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import io.asyncio4j.EventLoops;
import java.io.IOException;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.ReflectionException;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** Another JVM of the same user, in which the loops are asked to describe themselves. */
final class TargetJvm {
  /* The management agent that the attach interface starts is part of the JDK, so the target warns of
  nothing. It can create MBeans of any class on the target's class path: the library registers none by
  itself, and loads nothing of JMX. */

  /** Says why a JVM could not be asked. */
  static final class UnreachableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreachableException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  private final String pid;

  TargetJvm(String pid) {
    this.pid = pid;
  }

  /** Calls an operation of {@link io.asyncio4j.EventLoopsMXBean} in that JVM. */
  @SuppressWarnings("BanJNDI") // the address comes from that process, which is this user's own
  String ask(String operation) throws UnreachableException {
    try (JMXConnector connector = JMXConnectorFactory.connect(new JMXServiceURL(address()))) {
      return invoke(connector.getMBeanServerConnection(), operation);
    } catch (IOException e) {
      throw new UnreachableException(
          "the connection to process " + pid + " failed: " + e.getMessage(), e);
    } catch (JMException e) {
      throw new UnreachableException(
          "process " + pid + " could not describe its loops: " + e.getMessage(), e);
    }
  }

  private String address() throws UnreachableException {
    try {
      VirtualMachine machine = VirtualMachine.attach(pid);
      try {
        return machine.startLocalManagementAgent();
      } finally {
        machine.detach();
      }
    } catch (AttachNotSupportedException | IOException e) {
      throw new UnreachableException(
          "there is no JVM of this user with the process id "
              + pid
              + " that can be attached to: "
              + e.getMessage(),
          e);
    }
  }

  private String invoke(MBeanServerConnection server, String operation)
      throws JMException, IOException, UnreachableException {
    ObjectName name = new ObjectName(EventLoops.OBJECT_NAME);
    boolean created = !server.isRegistered(name) && create(server, name);
    try {
      return (String) server.invoke(name, operation, new Object[0], new String[0]);
    } finally {
      if (created) {
        try {
          server.unregisterMBean(name);
        } catch (InstanceNotFoundException e) {
          // Another of these commands, run at the same time, has removed it.
        }
      }
    }
  }

  private boolean create(MBeanServerConnection server, ObjectName name)
      throws JMException, IOException, UnreachableException {
    try {
      server.createMBean(EventLoops.class.getName(), name);
      return true;
    } catch (InstanceAlreadyExistsException e) {
      return false; // another of these commands runs at the same time
    } catch (ReflectionException e) {
      throw new UnreachableException(
          "process "
              + pid
              + " does not have asyncio4j on its class path. If it has it in a fat jar or a"
              + " container, let the program register 'new EventLoops()' as the MBean "
              + EventLoops.OBJECT_NAME,
          e);
    }
  }
}
