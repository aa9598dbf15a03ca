namespace Tessera.Nn;

/// <summary>Ends a module's part of a trace when disposed.</summary>
public readonly ref struct Scope
{
    private readonly Tracer _tracer;

    internal Scope(Tracer tracer) => _tracer = tracer;

    public void Dispose() => _tracer.Leave();
}
