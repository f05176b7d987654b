# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Words that towns, GLPI and Snipe-IT use in inventories, and what they mean here.

Data only. Column names are compared without case, accents and punctuation; the first name of
a field is the best one when a sheet has several.
"""

from __future__ import annotations

from types import MappingProxyType

COLUMN_NAMES = MappingProxyType({
    "tag": (
        "Étiquette", "Asset tag", "N° d'inventaire", "N° inventaire", "Numéro d'inventaire",
        "Inventory number", "Tag", "Code barre", "Code-barres", "Barcode", "N° étiquette",
        "Étiquette d'actif", "Étiquette actif", "Identifiant", "Code inventaire", "Ref inventaire",
        "Référence inventaire", "N° parc", "N° de parc", "N° immo interne", "Inventaire",
        "N° machine", "N° PC", "N° poste inventaire",
    ),
    "name": (
        "Nom", "Name", "Asset name", "Nom de l'actif", "Nom du poste", "Nom machine",
        "Nom de la machine", "Nom du PC", "Nom ordinateur", "Nom de l'ordinateur", "Hostname",
        "Computer name", "Nom netbios", "Item name",
    ),
    "serial": (
        "N° de série", "Numéro de série", "Serial number", "Serial", "S/N", "SN", "N° série",
        "Num série", "Série", "Service tag", "Numéro série", "N serie constructeur",
    ),
    "kind": (
        "Type", "Kind", "Type de matériel", "Type matériel", "Catégorie", "Category", "Nature",
        "Matériel", "Type d'équipement", "Équipement", "Genre", "Désignation", "Famille",
        "Asset type", "Type de poste", "Device type",
    ),
    "manufacturer": (
        "Marque", "Fabricant", "Constructeur", "Manufacturer", "Brand", "Maker", "Vendor",
    ),
    "model": (
        "Modèle", "Model", "Model name", "Nom du modèle", "Référence", "Modèle exact",
        "Référence modèle", "Marque et modèle", "Marque / modèle",
    ),
    "site": (
        "Site", "École", "Ecole / site", "Établissement", "Bâtiment", "School", "Building",
        "Structure", "Service", "Direction", "Lieu (site)", "Nom de l'école",
    ),
    "room": (
        "Salle", "Room", "Classe", "Bureau", "Local", "Pièce", "N° de salle", "Salle / classe",
    ),
    "seat": ("Poste", "Place", "Seat", "N° de poste", "N° poste", "Position", "Emplacement salle"),
    "location": (
        "Lieu", "Location", "Localisation", "Emplacement", "Lieux", "Default location",
        "Lieu par défaut", "Emplacement par défaut", "Affectation",
    ),
    "entity": ("Entité", "Entity"),
    "holder": (
        "Détenteur", "Utilisateur", "Usager", "Holder", "User", "Affecté à", "Attribué à",
        "Attribution", "Agent", "Nom de l'agent", "Checked out to", "Checked out", "Assigned to",
        "Alternate username", "Nom d'usager", "Contact", "Responsable", "Enseignant", "Élève",
        "Full name", "Username", "Email", "Assigné à", "Bénéficiaire", "Nom utilisateur",
        "Nom de l'utilisateur", "Technicien responsable du matériel", "Professeur",
    ),
    "state": (
        "Statut", "Status", "État", "State", "Situation", "Statut du matériel", "État du matériel",
        "Position administrative",
    ),
    "purchased_on": (
        "Date d'achat", "Purchase date", "Date of purchase", "Date achat", "Purchased", "Achat",
        "Date d'acquisition", "Acquisition", "Date de facture", "Date facture", "Année d'achat",
        "Date de livraison", "Année", "Acheté le", "Achetée le",
        "Informations financières et administratives - Date d'achat",
        "Financial and administrative information - Date of purchase", "Date d'entrée",
    ),
    "service_on": (
        "Date de mise en service", "Mise en service", "Startup date", "In service date",
        "Date d'affectation", "Date d'installation", "Installé le",
        "Informations financières et administratives - Date de mise en service",
        "Financial and administrative information - Startup date",
    ),
    "purchase_value": (
        "Valeur d'achat", "Prix d'achat", "Purchase cost", "Valeur achat", "Prix", "Prix TTC",
        "Valeur", "Value", "Cost", "Coût", "Coût d'achat", "Montant", "Montant TTC",
        "Valeur d'acquisition", "Purchase value", "Valeur TTC", "Prix d'achat TTC",
        "Informations financières et administratives - Valeur",
        "Financial and administrative information - Value",
    ),
    "net_book_value": (
        "Valeur nette comptable", "VNC", "Net book value", "Current value", "Book value",
        "Valeur nette", "Valeur résiduelle", "Valeur actuelle",
    ),
    "accounting_number": (
        "N° inventaire comptable", "Numéro d'inventaire comptable", "N° d'inventaire comptable",
        "Accounting number", "N° immobilisation", "N° d'immobilisation", "Numéro immobilisation",
        "N° immo", "Inventaire comptable", "Immobilization number", "N° fiche inventaire",
        "Numéro d'immobilisation", "N° comptable", "Accounting inventory number",
        "Informations financières et administratives - Numéro d'immobilisation",
    ),
    "owner": ("Propriétaire", "Owner", "Appartient à", "Propriété"),
    "provenance": ("Provenance", "Origine", "Origin", "Source", "Mode d'acquisition"),
    "system": (
        "Système", "OS", "Système d'exploitation", "Operating system", "System",
        "Système d'exploitation - Nom", "Operating System - Name", "Operative system",
        "Système exploitation", "Windows / Linux",
    ),
    "retired_on": (
        "Date de réforme", "Réforme", "Retired on", "Retirement date", "Date réforme",
        "Date de mise à la réforme", "Decommission date", "Date de mise au rebut", "Réformé le",
        "Réformée le", "Date de retrait", "Date of retirement",
        "Informations financières et administratives - Date de réforme",
    ),
    "left_on": (
        "Date de sortie", "Sortie", "Exit date", "Left on", "Date sortie", "Date de cession",
        "Date de don", "Donné le", "Date d'enlèvement", "Disposal date", "Date de remise",
    ),
    "recipient": (
        "Destinataire", "Recipient", "Donné à", "Remis à", "Repreneur", "Cédé à", "Destination",
        "Preneur", "Association bénéficiaire",
    ),
    "note": (
        "Remarques", "Remarque", "Notes", "Note", "Commentaires", "Commentaire", "Comments",
        "Comment", "Observations", "Observation", "Remarks", "Divers",
    ),
})  # fmt: skip

# Columns that together betray an exporting program.
GLPI_MARKS = (
    ("Nom", "Statut", "Fabricant", "Numéro de série", "Lieu"),
    ("Nom", "Entité", "Fabricant"),
    ("Name", "Status", "Manufacturer", "Serial number", "Location"),
    ("Name", "Entity", "Manufacturer"),
)
SNIPE_IT_MARKS = (
    ("Asset name", "Asset tag", "Serial", "Model"),
    ("Asset tag", "Checked out to"),
    ("Asset tag", "Category", "Status", "Model", "Purchase cost"),
    ("Nom de l'actif", "Étiquette d'actif"),
    ("Item name", "Asset tag", "Model name"),
)

# Lifecycle states (codes of the lifecycle). "HS" is a broken machine, not a decision to retire.
STATE_WORDS = MappingProxyType({
    "in_stock": (
        "En stock", "Stock", "In stock", "Réserve", "En réserve", "Disponible", "Available",
        "Neuf", "Neuve", "Spare", "Ready to deploy", "Prêt à être déployé", "Prêt à déployer",
        "Non affecté", "Magasin", "Rangé", "En attente", "Pending", "Undeployed", "Deployable",
    ),
    "in_service": (
        "En service", "In service", "Service", "En production", "Production", "Actif", "Active",
        "En fonction", "Fonctionnel", "Fonctionne", "Utilisé", "In use", "Deployed", "Déployé",
        "Affecté", "Installé", "Bon", "Bon état", "OK", "Opérationnel", "Marche", "En usage",
        "Attribué", "Très bon état", "Moyen", "En place",
    ),
    "in_repair": (
        "En réparation", "In repair", "Réparation", "En panne", "Panne", "À réparer", "SAV",
        "En SAV", "HS", "H.S.", "Hors service", "Hors d'usage", "Out of order", "Broken",
        "Out for repair", "Out for diagnostics", "Maintenance", "En maintenance", "Défectueux",
        "Ne fonctionne pas", "Cassé", "Sent for repair",
    ),
    "retired": (
        "Réformé", "Réforme", "Retired", "À la réforme", "Mis à la réforme", "Mise à la réforme",
        "Décommissionné",
        "Decommissioned", "Archivé", "Archived", "Sorti d'inventaire", "Retiré", "Obsolète",
        "Sorti", "Sortie d'inventaire", "À donner",
    ),
    "in_workshop": (
        "En atelier", "Atelier", "In workshop", "En reconditionnement", "Reconditionnement",
        "En remise en état", "En préparation", "Refurbishing",
    ),
    "ready": (
        "Prêt à donner", "Ready", "Prêt au don", "Reconditionné", "Remis en état",
        "Ready to give",
    ),
    "given": (
        "Remis à une famille", "Donné", "Don", "Given", "Remis", "Donated", "Remis à la famille",
        "Donné à une famille", "Offert",
    ),
    "loaned": ("Prêté", "Loaned", "En prêt", "Loan", "On loan", "Prêt longue durée"),
    "sold_or_transferred": (
        "Vendu ou transféré", "Vendu", "Transféré", "Sold or transferred", "Sold", "Transferred",
        "Cédé", "Cession", "Vente", "Repris", "Restitué", "Rendu au loueur", "Fin de location",
    ),
    "dismantled": (
        "Démonté pour pièces", "Démonté", "Dismantled", "Pour pièces", "Pièces", "Cannibalisé",
        "Pièces détachées", "For parts",
    ),
    "to_recycle": (
        "À recycler", "To recycle", "Au rebut", "Rebut", "Mis au rebut", "Mise au rebut", "DEEE",
        "D3E", "À jeter",
        "Déchet", "Benne", "Scrapped", "Scrap", "À détruire", "Poubelle",
    ),
    "recycled": (
        "Recyclé", "Recycled", "Jeté", "Détruit", "Destroyed", "Déchetterie", "Évacué", "Disposed",
        "Recyclage effectué",
    ),
    "lost": (
        "Perdu ou volé", "Perdu", "Volé", "Lost", "Stolen", "Lost/Stolen", "Disparu", "Manquant",
        "Missing", "Introuvable", "Vol", "Perte", "Non retrouvé",
    ),
})  # fmt: skip

# State words that stretch what the sheet says; the reader warns when it meets one.
VAGUE_STATE_WORDS = frozenset({
    "hs", "h s", "hors service", "hors d usage", "archive", "archived", "obsolete", "sorti",
    "retire", "bon", "moyen", "ok", "en attente", "pending", "rebut", "au rebut", "repris",
})  # fmt: skip

KIND_WORDS = MappingProxyType({
    "laptop": (
        "Portable", "Laptop", "PC portable", "Ordinateur portable", "Notebook", "Ultrabook",
        "Netbook", "Chromebook", "Portable PC", "Sub notebook", "Convertible", "MacBook",
        "Portables", "Detachable",
    ),
    "desktop": (
        "Fixe", "Desktop", "PC fixe", "Unité centrale", "UC", "Tour", "Tower", "Mini tower",
        "Ordinateur", "Ordinateur de bureau", "PC de bureau", "PC", "Poste fixe",
        "Low profile desktop", "Space-saving", "Computer", "Micro-ordinateur", "Workstation",
        "Station de travail", "Ordinateur fixe", "SFF",
    ),
    "all_in_one": ("Tout-en-un", "All in one", "All-in-one", "AIO", "iMac", "PC tout en un"),
    "mini_pc": (
        "Mini PC", "Mini-ordinateur", "NUC", "Client léger", "Thin client", "Tiny", "Micro PC",
        "USFF", "Ultra small form factor", "Stick PC",
    ),
    "screen": ("Écran", "Screen", "Moniteur", "Monitor", "Display", "Écran plat", "Télévision"),
    "tablet": ("Tablette", "Tablet", "iPad", "Tablette tactile"),
    "printer": (
        "Imprimante", "Printer", "Copieur", "Multifonction", "Photocopieur", "MFP",
        "Imprimante multifonction", "Imprimante laser",
    ),
    "other": (
        "Autre", "Other", "Vidéoprojecteur", "VPI", "TBI", "TNI", "ENI", "Switch", "Scanner",
        "Borne wifi", "Téléphone", "Serveur", "Server", "Routeur", "Projecteur", "Clavier",
        "Souris", "Divers", "Onduleur", "Webcam", "Casque", "Disque dur", "Accessoire", "NAS",
        "Smartphone", "Visualiseur",
    ),
})  # fmt: skip

OWNER_WORDS = MappingProxyType({
    "town": (
        "Ville", "Town", "Commune", "Mairie", "Collectivité", "Municipalité", "La ville",
        "Services municipaux",
    ),
    "other_authority": (
        "Autre collectivité", "Other authority", "Département", "Région", "État",
        "Éducation nationale", "Rectorat", "Académie", "Agglomération", "Agglo", "Métropole",
        "EPCI", "Communauté de communes", "CCAS", "Conseil départemental", "Conseil régional",
        "Intercommunalité", "DSDEN", "Préfecture",
    ),
    "lessor": (
        "Loueur", "Lessor", "Location", "Leasing", "Bailleur", "Crédit-bail", "En location",
        "Lease", "Leased",
    ),
    "association": (
        "Association", "Asso", "Coopérative scolaire", "OCCE", "Coopérative", "APE", "FCPE",
        "Amicale",
    ),
})  # fmt: skip

PROVENANCE_WORDS = MappingProxyType({
    "bought": (
        "Acheté", "Achat", "Bought", "Purchase", "Purchased", "Neuf", "Marché public", "Marché",
        "UGAP", "Acquisition", "Commande", "Achat neuf", "Achat reconditionné", "Achat occasion",
        "Fournisseur",
    ),
    "leased": ("Loué", "Location", "Leased", "Leasing", "Crédit-bail", "LLD", "En location"),
    "given_by_person": (
        "Don d'un particulier", "Given by a person", "Don particulier", "Particulier",
        "Don d'habitant", "Don habitant", "Habitant", "Donné par un particulier",
    ),
    "given_by_company": (
        "Don d'une entreprise", "Given by a company", "Don entreprise", "Entreprise", "Mécénat",
        "Société", "Donné par une entreprise", "Don d'entreprise",
    ),
})  # fmt: skip

BLANK_WORDS = frozenset({
    "", "n a", "na", "nc", "n c", "inconnu", "inconnue", "unknown", "neant", "aucun", "aucune",
    "none", "null", "non renseigne", "ras", "nr", "sans", "vide", "indetermine", "illisible",
})  # fmt: skip

# An organisation may be named in the journal; a family may not.
ORGANISATION_WORDS = frozenset({
    "association", "asso", "ecole", "college", "lycee", "mairie", "ville", "ressourcerie",
    "recyclerie", "emmaus", "ccas", "ecosystem", "ecologic", "secours", "croix", "restos",
    "departement", "region", "sarl", "sas", "scop", "fondation", "cooperative", "collectif",
    "repair", "cafe", "centre", "mjc", "universite", "syndicat", "metropole", "agglo",
    "dechetterie", "entreprise", "societe", "loueur", "domaine", "atelier", "club", "federation",
    "envie",
})  # fmt: skip

SYSTEM_WORDS = (
    ("windows", ("windows", "win7", "win10", "win11", "win 7", "win 10", "win 11", "w10", "w11",
                 "microsoft")),
    ("linux", ("linux", "ubuntu", "debian", "zorin", "mint", "primtux", "gnu", "fedora", "xubuntu",
               "lubuntu", "emmabuntus")),
    ("macos", ("macos", "mac os", "os x", "osx")),
    ("chromeos", ("chromeos", "chrome os")),
    ("android", ("android",)),
    ("ipados", ("ipados", "ios")),
    ("none", ("sans os", "aucun", "no os", "vierge")),
)  # fmt: skip

MONTHS = MappingProxyType({
    name: number
    for number, names in enumerate((
        ("janvier", "janv", "jan", "january"), ("fevrier", "fevr", "fev", "february", "feb"),
        ("mars", "march", "mar"), ("avril", "avr", "april", "apr"), ("mai", "may"),
        ("juin", "june", "jun"), ("juillet", "juil", "july", "jul"),
        ("aout", "august", "aug"), ("septembre", "sept", "sep", "september"),
        ("octobre", "oct", "october"), ("novembre", "nov", "november"),
        ("decembre", "dec", "december"),
    ), start=1)
    for name in names
})  # fmt: skip
