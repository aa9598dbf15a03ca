namespace Tessera.Nn;

/// <summary>Walks a module's children and weights by path.</summary>
public static class ModuleTree
{
    /// <summary>The module itself (path "") and all below it, parents first.</summary>
    public static IEnumerable<(string Path, Module Module)> Modules(Module root)
    {
        Stack<(string, Module)> stack = new([("", root)]);
        while (stack.TryPop(out (string Path, Module Module) at))
        {
            yield return at;
            foreach ((string name, Module child) in at.Module.Members.SelectMany(Children).Reverse())
            {
                stack.Push((Join(at.Path, name), child));
            }
        }
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
