"""Sources that several models share."""

DIEM = (
    "C. Diem, A. Borsos, T. Reisch, J. Kertész, S. Thurner, Quantifying firm-level economic systemic risk from nation-wide "
    "supply networks, Scientific Reports 12:7719 (2022), doi:10.1038/s41598-022-11522-z"
)
HALLEGATTE_2008 = "S. Hallegatte, Risk Analysis 28(3):779-799 (2008), doi:10.1111/j.1539-6924.2008.01046.x"
HENRION = "M. Henrion, Uncertainty in Artificial Intelligence 2:149-163 (1988), doi:10.1016/B978-0-444-70396-5.50019-4"
PEARL = "J. Pearl, Probabilistic Reasoning in Intelligent Systems, Morgan Kaufmann (1988), section 4.3.2"
VAN_DER_BORST = "M. van der Borst and H. Schoonakker, Reliability Engineering and System Safety 72(3):241-245 (2001)"

__all__ = ["DIEM", "HALLEGATTE_2008", "HENRION", "PEARL", "VAN_DER_BORST"]
