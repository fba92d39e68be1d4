package io.asyncio4j;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The tasks of a loop as trees, each task above those that it waits for. */
final class TaskTree {
  private static final int DEEPEST = 500;

  private final LoopSnapshot snapshot;
  private final List<Map<Integer, String>> waitsFor = new ArrayList<>();
  private final Set<Integer> shown = new HashSet<>();

  /** A line of a tree. */
  static final class Node {
    private final String label;
    private final List<Node> children = new ArrayList<>();

    private Node(String label) {
      this.label = label;
    }

    private Node child(String childLabel) {
      for (Node child : children) {
        if (child.label.equals(childLabel)) {
          return child;
        }
      }
      Node created = new Node(childLabel);
      children.add(created);
      return created;
    }

    void render(String prefix, boolean last, StringBuilder text) {
      text.append(prefix).append(last ? "└── " : "├── ").append(label).append('\n');
      String deeper = prefix + (last ? "    " : "│   ");
      for (int i = 0; i < children.size(); i++) {
        children.get(i).render(deeper, i == children.size() - 1, text);
      }
    }
  }

  private TaskTree(LoopSnapshot snapshot) {
    this.snapshot = snapshot;
    List<LoopSnapshot.Entry> tasks = snapshot.tasks();
    tasks.forEach(_ -> waitsFor.add(new LinkedHashMap<>()));
    for (int i = 0; i < tasks.size(); i++) {
      for (LoopSnapshot.Awaiter awaiter : tasks.get(i).awaiters()) {
        waitsFor.get(awaiter.task()).put(i, awaiter.through());
      }
    }
  }

  /** Returns a tree for each task that no other awaits, and one for each circle. */
  static List<Node> roots(LoopSnapshot snapshot) {
    TaskTree tree = new TaskTree(snapshot);
    List<LoopSnapshot.Entry> tasks = snapshot.tasks();
    List<Node> roots = new ArrayList<>();
    for (int i = 0; i < tasks.size(); i++) {
      if (tasks.get(i).awaiters().isEmpty()) {
        roots.add(tree.build(i, new HashSet<>()));
      }
    }
    for (int i = 0; i < tasks.size(); i++) {
      if (!tree.shown.contains(i)) { // in a circle, or below one
        roots.add(tree.build(i, new HashSet<>()));
      }
    }
    return roots;
  }

  private Node build(int task, Set<Integer> path) {
    LoopSnapshot.Entry entry = snapshot.tasks().get(task);
    Node node = new Node("(T) " + entry.name());
    shown.add(task);
    if (path.size() == DEEPEST || !path.add(task)) {
      return new Node(node.label + (path.contains(task) ? "  ERROR: this is a circle" : "  ..."));
    }
    Node innermost = node;
    for (StackTraceElement frame : entry.frames().reversed()) {
      innermost = innermost.child(label(frame));
    }
    if (!entry.waitsFor().isEmpty()) {
      innermost = innermost.child("waits for " + entry.waitsFor());
    }
    for (int awaited : waitsFor.get(task).keySet()) {
      innermost.children.add(build(awaited, path));
    }
    path.remove(task);
    return node;
  }

  private static String label(StackTraceElement frame) {
    return EventLoops.shortName(frame)
        + " "
        + frame.getFileName()
        + (frame.getLineNumber() > 0 ? ":" + frame.getLineNumber() : "");
  }
}
