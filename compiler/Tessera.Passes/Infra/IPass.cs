using Tessera.Ir;

namespace Tessera.Passes;

/// <summary>
/// A step from graph to graph. Passes are sealed records whose properties are their options; a graph is never changed,
/// so an older one stays a snapshot.
/// </summary>
public interface IPass
{
    /// <summary>kebab-case name on command lines and in file tests.</summary>
    string Name { get; }

    /// <summary>Whether it notes the sites that it rewrites; one that does not is in no list of rules.</summary>
    bool NotesSites => true;

    Graph Run(Graph graph, PassContext context);
}
