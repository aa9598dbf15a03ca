namespace Tessera.Compiler.Diff;

/// <summary>Numbers for descriptions, shared by the graphs that are compared: equal descriptions have equal numbers.</summary>
internal sealed class StructureIds
{
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);

    public int Of(string description)
    {
        if (!_ids.TryGetValue(description, out int id))
        {
            _ids.Add(description, id = _ids.Count);
        }

        return id;
    }
}
