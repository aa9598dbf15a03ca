namespace Tessera.Ir;

/// <summary>
/// Fills <paramref name="values"/> with the elements from index <paramref name="first"/> on. A pure function of the
/// index: how a weight is cut into calls must not change any value.
/// </summary>
public delegate void WeightGenerator(long first, Span<double> values);
