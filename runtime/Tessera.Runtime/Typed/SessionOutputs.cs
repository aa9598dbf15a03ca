namespace Tessera.Runtime;

/// <summary>The outputs of one run of a <see cref="TypedSession"/>. Dispose them to give back their memory.</summary>
public abstract class SessionOutputs : IDisposable
{
    /// <param name="result">What the run returned.</param>
    protected SessionOutputs(RunResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        Result = result;
    }

    /// <summary>All outputs by name, those that batching has added (<c>cu_seqlens_NAME</c>) among them.</summary>
    public RunResult Result { get; }

    public void Dispose()
    {
        Result.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>As in <c>logits: f32[2, 10]</c>, one after another.</summary>
    public override string ToString() => string.Join(", ", Result);

    /// <summary>The output of a name with its type.</summary>
    protected SessionOutput<T> Typed<T>(string name)
        where T : unmanaged
        => new(Result[name]);

    /// <summary>The same of one that not every preset of a model has.</summary>
    protected SessionOutput<T>? TypedOrNone<T>(string name)
        where T : unmanaged
        => Result.FirstOrDefault(o => o.Name == name) is { } output ? new SessionOutput<T>(output) : null;
}
