using Tessera.Ir;

namespace Tessera.Nn;

/// <summary>Walks a module's children and weights by path.</summary>
public static class ModuleTree
{
    /// <summary>A module and those around it.</summary>
    private sealed record Node(string Path, Module Module, Node? Parent);

    /// <summary>The module itself (path "") and all below it, parents first.</summary>
    /// <exception cref="TesseraException">TSR0623: a module is within itself, or a list holds null.</exception>
    public static IEnumerable<(string Path, Module Module)> Modules(Module root)
    {
        Stack<Node> stack = new([new Node("", root, null)]);
        while (stack.TryPop(out Node? at))
        {
            yield return (at.Path, at.Module);
            foreach ((string name, Module child) in at.Module.Members.SelectMany(Children).Reverse())
            {
                stack.Push(Below(at, Join(at.Path, name), child));
            }
        }
    }

    /// <summary>Why a module and those below it are no tree; null where they are.</summary>
    internal static TesseraException? Fault(Module root)
    {
        try
        {
            _ = Modules(root).Count();
            return null;
        }
        catch (TesseraException error) when (error.Code == "TSR0623")
        {
            return error;
        }
    }

    private static Node Below(Node parent, string path, Module? child)
    {
        if (child is null)
        {
            throw new TesseraException("TSR0623", path, "a list of modules holds null.", "Leave it out of the list.");
        }

        for (Node? around = parent; around is not null; around = around.Parent)
        {
            if (ReferenceEquals(around.Module, child))
            {
                throw new TesseraException("TSR0623", path, $"the {child.GetType().Name} is within itself.", "Give the weights to share to both as a Parameter, or let one module hold the other.");
            }
        }

        return new Node(path, child, parent);
    }

    /// <summary>All weights below a module with their paths; a shared weight stands under each of its paths.</summary>
    public static IEnumerable<(string Path, Parameter Parameter)> Parameters(Module root) =>
        from at in Modules(root)
        from member in at.Module.Members
        let parameter = member.Member as Parameter
        where parameter is not null
        select (Join(at.Path, member.Name), parameter);

    internal static IEnumerable<(string Name, Module Child)> Children(ModuleMember member) => member.Member switch
    {
        Module child => [(member.Name, child)],
        IEnumerable<Module> list => list.Select((child, i) => ($"{member.Name}.{i}", child)),
        _ => [],
    };

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
