package io.asyncio4j;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The resources of a loop in debug mode that were opened and not closed so far. Used by the loop's
 * thread only.
 */
final class ResourceTracker {
  private final EventLoop loop;
  private final Set<Resource> open = new LinkedHashSet<>();

  /** One resource that is to be closed. */
  static final class Resource {
    private final String what;
    private final CreationStack openedAt = new CreationStack();

    private Resource(String what) {
      this.what = what;
    }
  }

  ResourceTracker(EventLoop loop) {
    this.loop = loop;
  }

  /** Notes that a resource was opened; returns what to give to {@link #closed}. */
  Resource opened(String what) {
    Resource resource = new Resource(what);
    open.add(resource);
    return resource;
  }

  void closed(Resource resource) {
    open.remove(resource);
  }

  /** Reports what is open, at the end of the loop. */
  void reportOpen() {
    for (Resource resource : open) {
      loop.report(resource.what + " was not closed, opened at " + resource.openedAt, null);
    }
    open.clear();
  }
}
