"""Words of printed checks, by language: captions, names of banks and streets, remarks and stamps."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Captions:
    """Captions of a check in a language.

    Attributes:
        payee: Before the name of the payee.
        legal: Before the amount in words.
        unit: After the amount in words.
        date: Of the date.
        account: Of the account number.
        signature: Below the signature.
        bearer: At the end of the line of the payee.
        amount: Of the amount.
        numbers: Words of which the amount in words is made.
        months: Names of months.
    """

    payee: tuple[str, ...]
    legal: tuple[str, ...]
    unit: tuple[str, ...]
    date: tuple[str, ...]
    account: tuple[str, ...]
    signature: tuple[str, ...]
    bearer: tuple[str, ...]
    amount: tuple[str, ...]
    numbers: str
    months: str


CAPTIONS: dict[str, Captions] = {
    "en": Captions(
        payee=(
            "PAY",
            "Pay",
            "PAY TO",
            "PAY TO THE ORDER OF",
            "Pay to the order of",
            "Pay against this check to",
        ),
        legal=("", "THE SUM OF", "The sum of", "Amount in words", "AMOUNT", "SUM OF", "US Dollars"),
        unit=("DOLLARS", "Dollars", "POUNDS", "SHILLINGS", "RAND", "NAIRA", "ONLY", "Ringgit", "Dirhams", ""),
        date=("DATE", "Date", "Date:", "Dated", "DATE OF ISSUE", "Issue Date"),
        account=("A/C No.", "ACCOUNT NO", "Account Number", "A/C", "Acct.", "Account No. & Name"),
        signature=(
            "AUTHORIZED SIGNATURE",
            "Authorized Signatory",
            "Signature",
            "Please sign above",
            "SIGN HERE",
        ),
        bearer=("OR BEARER", "or bearer", "OR ORDER", "or order", "Or Bearer", ""),
        amount=("AMOUNT", "Amount", "CHECK AMOUNT", "AMOUNT IN FIGURES", "THIS AMOUNT", "NET AMOUNT"),
        numbers=(
            "one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty "
            "sixty seventy eighty ninety hundred hundred thousand thousand million and"
        ),
        months="January Feb March April May June July August Sept October Nov December",
    ),
    "in": Captions(
        payee=("PAY", "Pay", "Pay ", "PAY TO"),
        legal=(
            "RUPEES",
            "Rupees",
            "RUPEES",
            "Taka",
            "The Sum of Taka",
            "The sum of Rupees",
            "Amount of Rupees",
        ),
        unit=("", "", "ONLY"),
        date=("DATE", "Date", "Date", ""),
        account=("A/c No.", "A/C NO.", "A/c. No.", "IBAN", "SB A/c No.", "CA A/c No."),
        signature=(
            "Please sign above",
            "Authorized Signatory",
            "AUTHORIZED SIGNATORIES",
            "Signature",
            "Manager",
        ),
        bearer=("OR BEARER", "OR BEARER", "or Bearer", "OR ORDER", "Or Bearer"),
        amount=("", "", "Rs.", "AMOUNT"),
        numbers=(
            "one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty "
            "sixty seventy eighty ninety hundred thousand lakh lakh crore and only"
        ),
        months="01 02 03 04 05 06 07 08 09 10 11 12",
    ),
    "es": Captions(
        payee=(
            "PAGUESE A LA ORDEN DE",
            "Páguese a",
            "PAGAR A",
            "Páguese por este cheque a",
            "PÁGUESE A LA ORDEN",
        ),
        legal=("LA SUMA DE", "La cantidad de", "La suma de", "LA CANTIDAD DE", "Euros", "PESOS"),
        unit=("PESOS", "M/L", "EUROS", "M.N.", "SOLES", "DOLARES", "Pesos M/CTE", ""),
        date=("FECHA", "Fecha", "Lugar y fecha", "fecha", "AÑO MES DIA"),
        account=("CUENTA", "Cuenta No.", "Cta. Cte.", "CCC", "IBAN"),
        signature=("FIRMA", "Firma", "FIRMA AUTORIZADA", "Firma del librador"),
        bearer=("O AL PORTADOR", "o a su orden", "AL PORTADOR", ""),
        amount=("IMPORTE", "$", "VALOR", "MONTO", "Importe"),
        numbers=(
            "uno dos tres cuatro cinco seis siete ocho nueve diez once doce quince veinte treinta cuarenta "
            "cincuenta sesenta ochenta noventa cien doscientos quinientos mil mil mil millones y"
        ),
        months="enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    ),
    "pt": Captions(
        payee=("Pague por este", "a", "Pagar a", "À ordem de", "Pague-se a"),
        legal=(
            "cheque a quantia de",
            "a quantia de",
            "A QUANTIA DE",
            "a importância de",
            "Meticais",
            "Kwanzas",
        ),
        unit=("e centavos acima", "REAIS", "ou à sua ordem", "euros", ""),
        date=("de", "Data", "DATA", "Local e data", "Local de emissão"),
        account=("Conta", "Conta n.", "CONTA", "Agência e conta", "NIB"),
        signature=("Assinatura", "ASSINATURA", "Assinatura(s)", "CPF/CNPJ"),
        bearer=("ou à sua ordem", "ou ao portador", "não à ordem", ""),
        amount=("R$", "Valor", "VALOR", "Importância", "Euros"),
        numbers=(
            "um dois três quatro cinco seis sete oito nove dez onze doze quinze vinte trinta quarenta cinquenta "
            "sessenta oitenta noventa cem duzentos quinhentos mil mil milhões e reais centavos"
        ),
        months="janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    ),
    "fr": Captions(
        payee=("à l'ordre de", "A l'ordre de", "à", "Payez à l'ordre de", "A"),
        legal=("Payez contre ce chèque", "Payez contre ce chèque non endossable", "la somme de", "B.P."),
        unit=("", "Euros", "dinars", "dirhams", "francs"),
        date=("Le", "A", "le", "Date", "Fait à"),
        account=("Compte n°", "RIB", "N° de compte", "Titulaire du compte"),
        signature=("Signature", "Signature(s)", "SIGNATURE", "signature du tireur"),
        bearer=("", "non endossable", "ou à son ordre"),
        amount=("€", "B.P.DT", "DH", "Montant", "Somme en chiffres", "F CFA"),
        numbers=(
            "un deux trois quatre cinq six sept huit neuf dix onze douze quinze vingt trente quarante cinquante "
            "soixante cent cents mille mille millions et dinars millimes"
        ),
        months="janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    ),
    "de": Captions(
        payee=("noch Betrag in Buchstaben an", "an", "Zahlen Sie gegen diesen Scheck an", "all'ordine di"),
        legal=("Betrag in Buchstaben", "Zahlen Sie gegen diesen Scheck", "euro", "Franken"),
        unit=("EUR", "Euro", "", "oder Überbringer"),
        date=("Datum", "Ausstellungsort, Datum", "data", "den"),
        account=("Konto-Nr.", "Kontonummer", "IBAN", "conto n."),
        signature=("Unterschrift des Ausstellers", "Unterschrift", "firma"),
        bearer=("oder Überbringer", "", ""),
        amount=("Betrag", "EUR", "Euro", "Betrag: Euro, Cent", "importo"),
        numbers=(
            "ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreißig vierzig fünfzig "
            "sechzig hundert hundert tausend tausend und"
        ),
        months="Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    ),
    "tr": Captions(
        payee=("emrine", "Sayın", "Bu çek karşılığında", "Bayarlah kepada", "Bayar kepada atau pembawa"),
        legal=("yalnız", "TUTAR", "ödeyiniz", "Ringgit Malaysia", "uang sejumlah", "Rupiah", "Sejumlah"),
        unit=("TL", "Türk Lirası", "SAHAJA", "Rupiah", ""),
        date=("Tarih", "Keşide tarihi", "Tarikh", "Tanggal", "Tarikh/Date"),
        account=("Hesap No", "IBAN", "No. Akaun", "No. Rekening"),
        signature=("İmza", "Keşideci", "Tandatangan", "Tanda tangan", "Signature"),
        bearer=("emrine", "atau pembawa", "atau pembawa / or bearer", "hamiline"),
        amount=("TL", "#", "RM", "Rp", "Tutar"),
        numbers=(
            "bir iki üç dört beş altı yedi sekiz dokuz on yirmi otuz kırk elli yüz bin satu dua tiga empat lima "
            "enam tujuh delapan sembilan puluh ratus ribu juta sahaja"
        ),
        months="Ocak Şubat Mart Nisan Mayıs Haziran Juli Ogos September Oktober Kasim Desember",
    ),
}
"""Captions by language; `in` is South Asia."""

LANGUAGES: dict[str, tuple[str, ...]] = {
    "in": ("INR", "PKR", "BDT", "LKR", "NPR", "MVR"),
    "es": ("CLP", "COP", "MXN", "PEN", "ARS", "BOB", "UYU", "PYG", "CRC", "DOP", "GTQ", "HNL"),
    "pt": ("BRL", "MZN", "AOA"),
    "fr": ("TND", "MAD", "DZD", "XOF", "XAF", "MUR", "LBP", "HTG"),
    "de": ("CHF",),
    "tr": ("TRY", "IDR", "MYR"),
}
"""Currencies by language of their checks; English for others."""

SYLLABLES = (
    "ban co ne ra mi ta lor san del ka vi hat ton mer can ter na ti on al pro gres so um ni ve cre di to mal ab "
    "bar en gul sha ri pre mo no al pha nor dis tri fi sol lu zen ko ro pa ci fi cu"
)
"""Syllables of invented names, separated by blanks."""

BANKS = (
    *(
        "{} Bank",
        "Bank of {}",
        "{} Bank Ltd.",
        "BANCO {}",
        "{} National Bank",
        "Banque {}",
        "{} SAVINGS BANK",
    ),
    *(
        "First {} Bank",
        "{} Co-operative Bank",
        "{} Commercial Bank PLC",
        "Caixa {}",
        "{} Bankasi",
        "{} CREDIT UNION",
    ),
    *(
        "Banca {}",
        "{} Trust Company",
        "{} Bank Berhad",
        "Crédit {}",
        "{}BANK",
        "The {} Bank Limited",
        "Sparkasse {}",
    ),
)
"""Names of banks around an invented word."""

STREETS = (
    *(
        "{} Road",
        "{} Street",
        "Av. {}",
        "Rua {}",
        "Calle {}",
        "{} Avenue",
        "P.O. Box",
        "Jalan {}",
        "rue {}",
        "{} Marg",
    ),
    *("{} Plaza", "{} Branch", "Sucursal {}", "Agence {}", "Cad. {}", "{} Nagar", "MG Road {}"),
)
"""Names of streets and branches around an invented word."""

REMARKS = (
    *("VALID FOR 3 MONTHS ONLY", "VALID FOR THREE MONTHS FROM THE DATE OF ISSUE", "VOID AFTER 90 DAYS"),
    *("Payable at par at all branches", "NOT NEGOTIABLE", "Not valid before date of issue", "IFSC: {}0000{}"),
    *(
        "MULTI-CITY CHECK",
        "Payable at par through clearing",
        "DO NOT WRITE BELOW THIS LINE",
        "SORT CODE {}-{}-{}",
    ),
    *("THIS DOCUMENT HAS A COLORED BACKGROUND AND MICROPRINTING", "SECURITY FEATURES ON BACK", "New Account"),
    *(
        "Tel. {} {} {}",
        "Phone ({}) {}-{}",
        "Customer No. {}{}{}",
        "Ref. {}/{}",
        "www.bank.example",
        "TAX ID {}-{}",
    ),
    *(
        "Serie {} No. {}{}",
        "00-{}/{}",
        "BRANCH CODE {}",
        "MICR {}{}{}",
        "Not valid for cash",
        "CPF {}.{}.{}-00",
    ),
)
"""Remarks; each `{}` is a number."""

LIMITS = (
    *(
        "NOT OVER ${}",
        "VALID FOR Rs. {} & UNDER",
        "VALID UP TO {}",
        "NOT EXCEEDING {}",
        "under Rs. {}",
        "MAX. {}.00",
    ),
    *("Not valid over US${}", "Valid for amounts below {}/-", "DEPOSIT SLIP NO {}"),
)
"""Printed limits and other figures that look like an amount; `{}` is a grouped number."""

STAMPS = (
    *("VOID", "VOID", "CANCELED", "CANCELED", "PAID", "SPECIMEN", "SAMPLE", "COPY", "NON-NEGOTIABLE", "NULO"),
    *(
        "ANULADO",
        "PAGADO",
        "CANCELADO",
        "ANNULÉ",
        "ENTWERTET",
        "İPTAL",
        "BATAL",
        "NOT VALID",
        "Void",
        "Sample",
    ),
)
"""Stamps after which a check is none."""

CROSSINGS = (
    "A/C PAYEE",
    "A/C PAYEE ONLY",
    "& CO.",
    "NOT NEGOTIABLE",
    "ACCOUNT PAYEE",
    "",
    "",
    "A/c Payee only",
)
"""Words between the lines of a crossing."""
