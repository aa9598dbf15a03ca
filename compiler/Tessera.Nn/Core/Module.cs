using System.Text;

namespace Tessera.Nn;

/// <summary>
/// A part of a model. Write a <c>[Module] public sealed partial class</c> with children and weights as properties and a
/// <c>Forward</c> for one example; the generator adds this base, the list of members and the rest.
/// </summary>
public abstract class Module
{
    /// <summary>Children and weights in declaration order; generated.</summary>
    public virtual IEnumerable<ModuleMember> Members => [];

    /// <summary>Declared inputs and outputs of an entry module; null for any other. Generated.</summary>
    public virtual ModuleSignature? Signature => null;

    /// <summary>Runs an entry module's <c>Forward</c> on its declared inputs; generated.</summary>
    protected virtual IReadOnlyList<NamedTensor> Trace(IReadOnlyList<Tensor> inputs) =>
        throw new Ir.TesseraException(
            "TSR0603", GetType().Name, "the module declares no signature.", "Put [Input(\"f32[n, 768]\")] on the parameters of Forward.");

    internal IReadOnlyList<NamedTensor> TraceWith(IReadOnlyList<Tensor> inputs) => Trace(inputs);

    /// <summary>Marks what follows, until disposed, as this module's part of the trace.</summary>
    protected Scope Enter(Tensor any) => any.Tracer.Enter(this);

    /// <summary>The module's line followed by its children as a tree; of one that is no tree the children alone, by their types.</summary>
    protected string Describe(string header)
    {
        StringBuilder text = new(header);
        bool isTree = ModuleTree.Fault(this) is null;
        foreach (ModuleMember member in Members)
        {
            foreach ((string name, Module? child) in ModuleTree.Children(member))
            {
                text.Append("\n  (").Append(name).Append("): ").Append(isTree ? child.ToString()!.Replace("\n", "\n  ", StringComparison.Ordinal) : child?.GetType().Name ?? "null");
            }
        }

        return isTree ? text.ToString() : text.Append("\n  and so on: a module is within itself, or missing").ToString();
    }
}
