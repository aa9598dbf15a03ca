namespace Tessera.Kernels.Interop;

/// <summary>
/// Something that runs a body for every index below a total, possibly at once. The body gets a raw pointer to the
/// caller's state, so that nothing is allocated per call; an exception from it is thrown again by <see cref="For"/>.
/// </summary>
internal unsafe interface IParallel
{
    void For(int total, delegate*<void*, int, void> body, void* state);
}
